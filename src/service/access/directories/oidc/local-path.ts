const longest = 1000;
const base = 'http://service.invalid';

/** Returns the path of the service to which a login leads; anything that a browser could take for another site's is `/`. */
export function localPath(given: string | undefined): string {
  if (
    given === undefined ||
    given.length > longest ||
    !/^\/(?![/\\])[\x21-\x7e]*$/.test(given) ||
    given.includes('\\')
  ) {
    return '/';
  }
  try {
    const { origin, pathname, search, hash } = new URL(given, base);
    const path = `${pathname}${search}${hash}`;
    return origin === base && !path.startsWith('//') ? path : '/';
  } catch {
    return '/'; // It is no address at all.
  }
}
