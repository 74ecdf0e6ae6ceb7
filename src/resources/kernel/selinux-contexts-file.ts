/** Kinds of files, by semanage's letters, as file_contexts(5) writes them. */
const kindsOfFile = { a: '', f: '--', d: '-d', c: '-c', b: '-b', s: '-s', l: '-l', p: '-p' } as const;

/** Returns the context of a regular expression in a text in the format of file_contexts(5); the last line counts. */
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
