/** Returns true for the path of a request that is about the protocol before v2. */
export function isV1Path(url = ''): boolean {
  return /^\/(?:v1(?:\/|$|\?)|_ping(?:\/?$|\/?\?))/.test(url);
}
