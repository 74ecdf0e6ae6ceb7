/** Path of a request, decoded, and its query. */
export interface RequestPath {
  readonly path: string;
  readonly query: URLSearchParams;
}

/** Reads the target of a request; undefined for one that nothing can be at: it cannot be decoded, or has control characters. */
export function requestPath(target: string): RequestPath | undefined {
  const url = target.startsWith('/') ? target : target.replace(/^https?:\/\/[^/?]*/i, ''); // RFC 9112, 3.2.2
  const mark = url.indexOf('?');
  const path = decoded(mark === -1 ? url : url.slice(0, mark));
  if (path === undefined || !path.startsWith('/') || /\p{Cc}/u.test(path)) return undefined;
  return { path, query: new URLSearchParams(mark === -1 ? '' : url.slice(mark + 1)) };
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

/** Returns true where a path leads down and nowhere else: no part of it is empty, `.` or `..`. */
export function leadsDown(parts: readonly string[]): boolean {
  return parts.every((part) => part !== '' && part !== '.' && part !== '..' && !part.includes('\\'));
}
