/** Line `NAME=value` of a file that systemd reads variables from (systemd.exec(5), EnvironmentFile). */
export interface EnvAssignment {
  readonly name: string;
  /** Value of the variable, without quotes and escapes. */
  readonly value: string;
  /** Number of the line that it begins on, from 1. */
  readonly line: number;
  /** Offsets of the text of the value, quotes included, without the end of its line. */
  readonly start: number;
  readonly end: number;
  /** The text ends with a closing quote, so that more may follow in quotes of its own. */
  readonly endsQuoted: boolean;
  /** Reason why its value is not certain: a shell, or another version of systemd, reads it otherwise. */
  readonly doubt: string | undefined;
}

/** Comment, with the offset behind its line, where another line may follow. */
export interface EnvComment {
  readonly text: string;
  readonly next: number;
}

/**
 * Reads such a file as systemd does. A value may consist of several quoted pieces and continue behind a backslash. A
 * comment is a line of its own, and hides the next line when it ends with a backslash (up to systemd 253).
 */
export function readEnvFile(text: string): { assignments: readonly EnvAssignment[]; comments: readonly EnvComment[] } {
  const assignments: EnvAssignment[] = [];
  const comments: EnvComment[] = [];
  const token = /[ \t\r\n]+|([#;](?:\\.|[^\\\n\r])*)(\r?\n)?|([^=\n\r]*)(=[ \t]*|\r?\n|\r|$)/sy;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const [, comment, ending, key, separator = ''] = token.exec(text) ?? [];
    if (comment !== undefined && ending !== undefined) comments.push({ text: comment, next: token.lastIndex });
    if (key === undefined || !separator.startsWith('=')) continue;
    const start = token.lastIndex;
    const read = readValue(text, start);
    token.lastIndex = read.end;
    const [, exported, name] = /^(export[ \t]+)?([A-Za-z_]\w*)[ \t]*$/.exec(key) ?? [];
    if (name === undefined) continue;
    const doubt = exported === undefined ? read.doubt : 'systemd ignores a line that begins with export';
    assignments.push({ ...read, name, start, doubt, line: text.slice(0, at).split('\n').length });
  }
  return { assignments, comments };
}

const piece =
  /'([^'\\]*)'|"((?:[^"\\]|\\["\\`$]|\\\n)*)"|\\\n|\\([^\r\n])|([^\s'"\\]+)|([ \t]+)|(\r?\n|\r|$)|(?<strange>.)/sy;

function readValue(text: string, start: number): Pick<EnvAssignment, 'value' | 'end' | 'endsQuoted' | 'doubt'> {
  let value = '';
  let last: 'nothing' | 'quoted' | 'bare' | 'blanks' = 'nothing';
  let endsQuoted = false;
  let doubt: string | undefined;
  piece.lastIndex = start;
  for (;;) {
    const at = piece.lastIndex;
    const found = piece.exec(text);
    const [whole = '', single, double, escaped, bare, blanks, ending] = found ?? [];
    if (found === null || ending !== undefined) return { value: value.trimEnd(), end: at, endsQuoted, doubt };
    if (found.groups?.strange !== undefined) {
      doubt ??=
        `${/['"]/.test(whole) ? 'a quote is not closed, or' : ''} a backslash is read differently by shells and versions of systemd`.trim();
    } else if (blanks !== undefined) {
      value += endsQuoted ? '' : blanks;
      if (last === 'quoted') last = 'blanks';
      continue;
    } else if (single !== undefined || double !== undefined) {
      if (last === 'bare')
        doubt ??= 'quotes after unquoted text are read differently by shells and versions of systemd';
      if (last === 'blanks') doubt ??= 'text after the quotes is part of the value for systemd';
      value += single ?? double?.replaceAll(/\\(.)/gs, (_, sign: string) => (sign === '\n' ? '' : sign)) ?? '';
      endsQuoted = true;
      last = 'quoted';
      continue;
    } else {
      if (endsQuoted) doubt ??= 'text after the quotes is part of the value for systemd';
      value += escaped ?? bare ?? '';
    }
    endsQuoted = false;
    last = 'bare';
  }
}
