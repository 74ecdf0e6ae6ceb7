/**
 * Returns the path of an entry in its archive: parts joined by `/`, `''` for the root itself.
 * @throws Error when it lies outside
 */
export function entryPath(name: string): string {
  if (name.startsWith('/') && name.replaceAll('/', '') !== '') throw new Error('its name is absolute');
  return resolveWithin('', name, 'its name leaves the archive');
}

/** Returns the path that a symbolic link at `path` points at. @throws Error when that is outside */
export function linkTarget(path: string, link: string): string {
  if (link.startsWith('/')) throw new Error(`it is a link to ${link}, outside the archive`);
  return resolveWithin(path.split('/').slice(0, -1).join('/'), link, `it is a link to ${link}, outside the archive`);
}

function resolveWithin(folder: string, name: string, otherwise: string): string {
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of name.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (folder === '' || parts.pop() === undefined) throw new Error(otherwise);
  }
  return parts.join('/');
}
