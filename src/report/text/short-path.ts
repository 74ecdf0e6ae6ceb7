import { isAbsolute, relative } from 'node:path';

/** A path as somebody in a folder would type it: relative when it lies below, else as it is. */
export function shortPath(path: string, folder: string): string {
  if (!isAbsolute(path)) return path;
  const below = relative(folder, path);
  return below === '' || below.startsWith('..') ? path : below;
}
