/**
 * Names that shells, parsers and formats of files have taken for something else: blanks at either end, comments,
 * specifiers, escapes, quotes, expansions, patterns, options, other scripts. Each may be the name of a file. They are as few
 * as can be, by their ends: each takes every resource some hundred processes.
 */
export const nastyNames: readonly string[] = [
  ' #hash %s%n%% "both  ends" ',
  "-rf $USER $(id) `id` *?[a-z]{b,c}~; & | < > ümläut 日本語 العربية back\\slash\\040\\n it's\\",
];

/** Texts of files that have been changed on their way: line ends, final newlines, marks, blanks, long lines. */
export const nastyTexts: Readonly<Record<string, string>> = {
  'CR LF': 'a\r\nb\r\n',
  'mixed line ends': 'a\nb\r\nc\r\r\nd\re\n',
  'no final newline': 'a\nb',
  'blank lines at both ends': '\n\n  a  \n\t\n\n',
  'a byte order mark': '\uFEFFa\nb\n',
  'a long line': `${'x'.repeat(300_000)}\n`,
  'what shells and templates expand': 'a $HOME `id` \\n \\ %s {{b}} {% c %} \' "\n',
  'other scripts': 'ü 日本 \u2028 \u0085 e\u0301 👍\n',
  'control characters': '\u0001\u001b[31m\t\u007f\n',
  'a line alone': '\n',
};
