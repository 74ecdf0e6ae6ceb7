/** How file_contexts(5) writes the kinds of files that semanage knows by letters. */
const kindsOfFile = { a: '', f: '--', d: '-d', c: '-c', b: '-b', s: '-s', l: '-l', p: '-p' } as const;

/** The context that a text in the format of file_contexts(5) gives a regular expression, the last line counting. */
export function contextIn(text: string, target: string, ftype: keyof typeof kindsOfFile): string | undefined {
  const fields = text
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .map((line) => line.trim().split(/\s+/));
  const kind = kindsOfFile[ftype];
  return fields
    .findLast(
      (words) => words[0] === target && words.length === (kind === '' ? 2 : 3) && (kind === '' || words[1] === kind),
    )
    ?.at(-1);
}
