import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { dist } from './places.js';

/** Milliseconds for which chunks of an earlier build stay. */
const grace = 3_600_000;

/**
 * Removes what earlier builds left in dist, but for types, which are compiled on their own. Chunks of the last hour
 * stay, because a command that is running may still load one; they are listed in an .npmignore, so that no package has
 * them.
 * @param written names of the files of this build
 */
export function removeLeftovers(written: readonly string[]): void {
  const wanted = new Set(written);
  const kept: string[] = [];
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(dist.length).split(sep).join('/');
    if (wanted.has(name) || name.endsWith('.d.ts')) continue;
    if (name.startsWith('chunks/') && Date.now() - statSync(path).mtimeMs < grace) kept.push(entry.name);
    else rmSync(path);
  }
  writeFileSync(join(dist, 'chunks/.npmignore'), kept.map((name) => `/${name}\n`).join(''));
}
