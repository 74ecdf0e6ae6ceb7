/** Stands behind a line end in every hostile value: at the beginning of a line it is a line that was forged. */
const forged = 'FORGED-LINE';

/** Sets a title, moves up, goes to the start of the line, paints, erases (C1), turns the direction, ends lines, hides. */
const acts =
  '\u001B]0;PWNED\u0007\u001B[1A\r\u001B[31mPAINTED\u009B2J\u202Ereversed\u2028\u0085\b\b\u200B\uFEFF\u{E0041}';

/** A value that does to a terminal whatever can be done: for JSON. */
export function hostile(name: string): string {
  return `${name}${acts}\u0000\uD800\n${forged} of ${name}\n`;
}

/** The same as a name that a file may have, or a text of YAML. */
export function hostileName(name: string): string {
  return `${name}${acts}\n${forged} of ${name}`;
}

/** The same for the header of an answer: bytes that HTTP lets through. */
export function hostileHeader(name: string): string {
  return `${name}\u009B2J\u0085${forged} of ${name}`;
}

/** Sequences that our painter and listr2 write, and those that erase the rows and the line of progress that were drawn before. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is let through
const colours = /\u001B\[(?:0|1|2|22|3[1-6]|39)m/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is let through
const drawing = /\u001B\[\?25[hl]|\u001B\[\d+F|\u001B\[J|\r\u001B\[2K/g;

const act = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

/** Finds what of an output a terminal would obey, or who forged a line of it. */
export function faultsIn(output: string, { isTerminal }: { readonly isTerminal: boolean }): string[] {
  const text = isTerminal ? output.replaceAll(drawing, '').replaceAll(colours, '') : output;
  return [
    ...(output.includes('\u001B[31mPAINTED') ? ['a colour that is not ours'] : []),
    ...text.split('\n').flatMap((line) => {
      const found = act.exec(line);
      const code = found?.[0].codePointAt(0)?.toString(16);
      return [
        ...(found === null ? [] : [`U+${code} in ${JSON.stringify(line)}`]),
        ...(line.startsWith(forged) ? [`a forged line: ${JSON.stringify(line)}`] : []),
      ];
    }),
  ];
}
