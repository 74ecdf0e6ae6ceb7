import { leadsToLink } from './link-local.js';

/** An address that a server gave, or why it isn't followed, worded to go on after "its Location". */
export type GivenAddress = { readonly url: URL } | { readonly refusal: string };

/**
 * Reads an address that a server gave in `Location`, `Link` or `realm`, relative to where it was given. Refused are a
 * way from https to plain http, an account in the address, and link-local addresses, where clouds keep their metadata.
 * Those are accepted where the registry itself has one.
 * @param own origin of the registry, as its user named it
 */
export function readGivenAddress(text: string, from: URL, own: URL): GivenAddress {
  const url = URL.canParse(text, from.href) ? new URL(text, from) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    return { refusal: `is no address of http or https: ${JSON.stringify(text.slice(0, 200))}` };
  }
  if (url.protocol === 'http:' && (from.protocol === 'https:' || own.protocol === 'https:')) {
    return { refusal: `leads from https to http://${url.host}` };
  }
  if (url.username !== '' || url.password !== '') return { refusal: `holds an account, for ${url.host}` };
  if (url.origin !== own.origin && leadsToLink(url.hostname)) {
    return { refusal: `leads to ${url.host}, a link-local address, where clouds keep their metadata` };
  }
  return { url };
}

/** Reads an address that must stay with the server that gave it: the next page, the next part of an upload. */
export function readAddressWithin(text: string, from: URL, own: URL): GivenAddress {
  const given = readGivenAddress(text, from, own);
  if ('refusal' in given || given.url.origin === from.origin) return given;
  return { refusal: `leads away from its server, to ${given.url.origin}` };
}
