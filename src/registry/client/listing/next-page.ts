import { RegistryError } from '../../registry-error.js';
import type { WireAnswer } from '../wire/send-request.js';
import { nextLink } from './link-header.js';

/**
 * Returns the address of a listing's next page (end-8b); undefined where it has none. Path and query are taken alone: a
 * registry behind a proxy names itself by http, or by a name that is known only there, and pages stay with their server.
 * @throws RegistryError `protocol` for what is no address
 */
export function nextPage({ headers, url }: WireAnswer, attempt: string): URL | undefined {
  const isPage = (anchor: string) =>
    URL.canParse(anchor, url.href) && !anchor.includes('#') && new URL(anchor, url).pathname === url.pathname;
  const link = nextLink(headers.link, isPage);
  if (link === undefined) return undefined;
  const given = URL.canParse(link, url.href) ? new URL(link, url) : undefined;
  if (given === undefined || !/^https?:$/.test(given.protocol)) {
    const quoted = JSON.stringify(link.slice(0, 200));
    throw new RegistryError('protocol', `could not ${attempt}: its Link is no address of http or https: ${quoted}`);
  }
  const next = new URL(url.origin);
  next.pathname = given.pathname;
  next.search = given.search;
  return next;
}
