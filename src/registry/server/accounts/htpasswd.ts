import { readPlain } from '../storage/plain-file.js';

/** Bytes of a file of accounts at most: some 100,000 accounts. */
const most = 8 << 20;

/** Costs of bcrypt that are taken. Below the first there is none; above the last one password takes longer than a minute. */
const costs = { least: 4, most: 17 } as const;

/** Accounts of a file: bcrypt's hashes by name. Of two lines with one name the last counts, as in docker-registry. */
export type Hashes = ReadonlyMap<string, string>;

/** Reads an htpasswd file (bcrypt only, as in docker-registry). @throws Error naming the first line that is none of bcrypt's */
export async function readHtpasswd(file: string): Promise<Hashes> {
  const bytes = await readPlain(file, most, 'follow');
  if (bytes === undefined) throw new Error(`${file}: not a file of accounts, or larger than ${most} bytes`);
  return parseHtpasswd(bytes.toString('utf8'), file);
}

/** Reads the text of an htpasswd file; `file` names it in errors. @throws Error as {@link readHtpasswd} */
export function parseHtpasswd(text: string, file: string): Hashes {
  const hashes = new Map<string, string>();
  text.split('\n').forEach((line, at) => {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) return;
    const [, name, hash] = /^([^:]+):(\$2[aby]\$\d\d\$[./A-Za-z0-9]{53})$/.exec(trimmed) ?? [];
    if (name === undefined || hash === undefined)
      throw new Error(`${file}:${at + 1}: not NAME:HASH with a hash of bcrypt`);
    if (costOf(hash) < costs.least || costOf(hash) > costs.most)
      throw new Error(
        `${file}:${at + 1}: the cost ${costOf(hash)} is not between ${costs.least} and ${costs.most}: make the hash anew with htpasswd -B`,
      );
    hashes.set(name, hash);
  });
  return hashes;
}

/** Returns the cost of a hash: one more is twice the work. */
export function costOf(hash: string): number {
  return Number(hash.slice(4, 6));
}
