/** A word of a line, its quotes taken away, and where it began (from 0). */
export interface IniWord {
  readonly text: string;
  readonly at: number;
}

/** Error in a line's quotes or comment, with its offset. */
export interface IniError {
  readonly message: string;
  readonly hint: string;
  readonly at: number;
}

/**
 * Splits a line of hosts into words as a shell would (Python's `shlex`, which Ansible uses): quotes, `\`, and a comment
 * after `#`. A `#` within a word would cut the word short in silence: that is an error here.
 */
export function iniWords(line: string): readonly IniWord[] | IniError {
  const words: IniWord[] = [];
  let text = '';
  let begun: number | undefined;
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    if (/[ \t\r\n]/.test(character)) {
      if (begun !== undefined) words.push({ text, at: begun });
      begun = undefined;
      text = '';
      continue;
    }
    if (character === '#') {
      if (begun === undefined) return words;
      return {
        at,
        message: `the "#" would begin a comment here, and cut "${line.slice(begun, at)}" short`,
        hint: quoteIt,
      };
    }
    begun ??= at;
    if (character === '"' || character === "'") {
      const quoted = quotedFrom(line, at);
      if (quoted === undefined)
        return { at, message: 'a quote that is not closed', hint: `add the other ${character}` };
      text += quoted.text;
      at = quoted.end;
    } else if (character === '\\') {
      if (at + 1 === line.length) return { at, message: 'nothing follows the "\\"', hint: 'write "\\\\" for a "\\"' };
      at += 1;
      text += line.charAt(at);
    } else text += character;
  }
  if (begun !== undefined) words.push({ text, at: begun });
  return words;
}

const quoteIt = 'write it in quotes, or a blank ahead of a comment';

/** Reads text in double quotes: `\` stands for itself unless `"` or `\` follows. */
function quotedFrom(line: string, begin: number): { readonly text: string; readonly end: number } | undefined {
  const quote = line.charAt(begin);
  let text = '';
  for (let at = begin + 1; at < line.length; at++) {
    const character = line.charAt(at);
    if (character === quote) return { text, end: at };
    if (quote === '"' && character === '\\' && /["\\]/.test(line.charAt(at + 1))) {
      at += 1;
      text += line.charAt(at);
    } else text += character;
  }
  return undefined;
}
