import { createHmac } from 'node:crypto';
import type { TokenAlgorithm } from './crane-links.js';
import { type LinkSigner, pathOf, withQuery } from './link-signer.js';

/** Options of addresses with a token of Akamai ("Auth Token 2.0 Verification"). */
export interface AkamaiLinkOptions {
  /** Key in hex, as the property has it. */
  readonly key: string;
  /** Name of the parameter, as the property has it. Default `__token__`. */
  readonly parameter?: string | undefined;
  /** Default sha256. */
  readonly algorithm?: TokenAlgorithm | undefined;
  /** Paths that the token opens: `/images/*`. Default: the path of the address alone, which is signed and not sent. */
  readonly acl?: readonly string[] | undefined;
  /** Address of the only client that may use it. */
  readonly ip?: string | undefined;
  /** Seconds before its end from which it is good. Default: it is good at once. */
  readonly window?: number | undefined;
  /** Session that it is for. */
  readonly id?: string | undefined;
  /** Text for the edge. */
  readonly data?: string | undefined;
  /** Text that both sides know; it is signed and not sent. */
  readonly salt?: string | undefined;
  /** True where the property has "Escape token input". Default false. */
  readonly escape?: boolean | undefined;
}

const fieldDelimiter = '~';
const aclDelimiter = '!';

/** Makes a signer that adds a token of Akamai's: `exp=…~acl=…~hmac=…`. */
export function akamaiLinks(options: AkamaiLinkOptions): LinkSigner {
  const { parameter = '__token__' } = options;
  return { sign: (url, until) => withQuery(url, `${parameter}=${akamaiToken(options, pathOf(url), until)}`) };
}

/** Makes the token of a path. The order of its fields is part of what is signed. */
export function akamaiToken(options: AkamaiLinkOptions, path: string, until: number): string {
  const { key, acl, ip, window, id, data, salt, algorithm = 'sha256' } = options;
  const escaped = options.escape === true ? escapeInput : (text: string) => text;
  const sent = [
    ...(ip === undefined ? [] : [`ip=${escaped(ip)}`]),
    ...(window === undefined ? [] : [`st=${until - window}`]),
    `exp=${until}`,
    ...(acl === undefined ? [] : [`acl=${acl.join(aclDelimiter)}`]),
    ...(id === undefined ? [] : [`id=${escaped(id)}`]),
    ...(data === undefined ? [] : [`data=${escaped(data)}`]),
  ];
  const signed = [
    ...sent,
    ...(acl === undefined ? [`url=${escaped(path)}`] : []),
    ...(salt === undefined ? [] : [`salt=${salt}`]),
  ];
  const hmac = createHmac(algorithm, Buffer.from(key, 'hex')).update(signed.join(fieldDelimiter)).digest('hex');
  return [...sent, `hmac=${hmac}`].join(fieldDelimiter);
}

/** Escapes as Akamai's own generators do: as in a form, with small letters. */
function escapeInput(text: string): string {
  const form = encodeURIComponent(text).replaceAll('%20', '+');
  const all = form.replaceAll(/[!*'()]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
  return all.replaceAll(/%[0-9A-F]{2}/gi, (code) => code.toLowerCase());
}
