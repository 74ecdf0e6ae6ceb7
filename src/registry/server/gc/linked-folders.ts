import { readdir } from 'node:fs/promises';
import { type Digest, isDigest } from '../../digest.js';
import { StorageError, unlessMissing } from '../storage/files.js';

/** Lists the digests that a folder has a folder for, as links of blobs and manifests lie: `sha256/HEX`, `sha512/HEX`. */
export async function linkedDigests(folder: string): Promise<Digest[]> {
  const found = await Promise.all((['sha256', 'sha512'] as const).map((algorithm) => digestsIn(folder, algorithm)));
  return found.flat();
}

/** Lists the digests whose folders lie in the one of an algorithm. @throws Error for links, which are not followed */
async function digestsIn(folder: string, algorithm: 'sha256' | 'sha512'): Promise<Digest[]> {
  const entries = (await unlessMissing(readdir(`${folder}/${algorithm}`, { withFileTypes: true }))) ?? [];
  return entries.flatMap((entry) => {
    if (entry.isSymbolicLink()) throw new StorageError(`${folder}/${algorithm}/${entry.name} is a link`);
    const digest = `${algorithm}:${entry.name}`;
    return isDigest(digest) ? [digest] : [];
  });
}
