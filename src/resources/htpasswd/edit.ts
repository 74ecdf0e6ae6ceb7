import { joinEnded, linesOf, spliceLines } from '../content/text-lines.js';

/** Line of an htpasswd file that is an account. */
const account = /^\s*([^:#\s][^:]*):(.*)$/;
const bcrypt = /^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/;

export interface AccountLine {
  readonly name: string;
  readonly hash: string;
}

/** Reads the accounts of a file: of those given twice the last counts, as for a registry. */
export function accountsIn(text: string): ReadonlyMap<string, string> {
  return new Map(
    linesOf(text)
      .flatMap((line) => accountOf(line.text) ?? [])
      .map(({ name, hash }) => [name, hash]),
  );
}

export function isBcrypt(hash: string): boolean {
  return bcrypt.test(hash);
}

/** Gives accounts another hash, or a line at the end, and removes those that are not to stay. All other lines stay. */
export function editAccounts(
  text: string,
  hashes: ReadonlyMap<string, string>,
  stays: (name: string) => boolean,
): string {
  const written = new Set<string>();
  const lines = linesOf(text).flatMap((line) => {
    const found = accountOf(line.text);
    if (found === undefined) return [line];
    if (!stays(found.name)) return [];
    const hash = hashes.get(found.name);
    if (hash === undefined) return [line];
    if (written.has(found.name)) return [];
    written.add(found.name);
    return [{ ...line, text: `${found.name}:${hash}` }];
  });
  while (lines.at(-1)?.text === '') lines.pop();
  const added = [...hashes].filter(([name]) => !written.has(name)).map(([name, hash]) => `${name}:${hash}`);
  return joinEnded(spliceLines(lines, lines.length, 0, added));
}

function accountOf(line: string): AccountLine | undefined {
  const [, name, hash] = account.exec(line) ?? [];
  return name === undefined || hash === undefined ? undefined : { name, hash: hash.trimEnd() };
}
