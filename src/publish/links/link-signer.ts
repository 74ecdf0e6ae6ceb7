/** Signer of addresses: whoever has a signed one can read what it leads to, for a time. */
export interface LinkSigner {
  /**
   * Signs an address.
   * @param url without a signature; it may have a query
   * @param until seconds since 1970 up to which it is good
   */
  sign(url: string, until: number): string | Promise<string>;
}

/** Seconds to which the end of a signed address is rounded up, so that caches see equal addresses for so long. */
const step = 300;

/** Returns the time up to which an address that is signed now is good: at least so many seconds. */
export function signedUntil(seconds: number, now = Date.now()): number {
  return Math.ceil((now / 1000 + seconds) / step) * step;
}

/** Adds parameters to the query of an address. */
export function withQuery(url: string, query: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}${query}`;
}

/** Returns the path of an address as it stands there: `/zoo/bar/manifests/2/1.25`. */
export function pathOf(url: string): string {
  return /^[a-z][a-z\d+.-]*:\/\/[^/?#]*([^?#]*)/i.exec(url)?.[1] || '/';
}
