import { isAbsolute, relative } from 'node:path';

/** Returns a path relative to a folder when it lies below, else as it is. */
export function shortPath(path: string, folder: string): string {
  if (!isAbsolute(path)) return path;
  const below = relative(folder, path);
  return below === '' || below.startsWith('..') ? path : below;
}
