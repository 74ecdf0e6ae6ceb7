import { createHmac } from 'node:crypto';
import { type LinkSigner, pathOf, withQuery } from './link-signer.js';

/** Hash functions of tokens. */
export const tokenAlgorithms = ['sha256', 'sha1', 'md5'] as const;

export type TokenAlgorithm = (typeof tokenAlgorithms)[number];

/** Options of Crane's own signed addresses: its section `[cdn]`. */
export interface CraneLinkOptions {
  /** Text that is replaced wherever an address has it; nothing is without `replace`. */
  readonly match?: string | undefined;
  readonly replace?: string | undefined;
  /** Key in hex; without one nothing is signed. */
  readonly secret?: string | undefined;
  /** Name of the parameter. Default `_auth_`. */
  readonly parameter?: string | undefined;
  /** Default sha256. */
  readonly algorithm?: TokenAlgorithm | undefined;
}

/** Makes a signer that gives addresses as Crane did: replaced, then with a token that Akamai's edge verifies. */
export function craneLinks(options: CraneLinkOptions): LinkSigner {
  const { match = '', replace = '', secret = '', parameter = '_auth_', algorithm = 'sha256' } = options;
  return {
    sign: (url, until) => {
      const address = match === '' || replace === '' ? url : url.replaceAll(match, () => replace);
      if (secret === '') return address;
      return withQuery(address, `${parameter}=${craneToken(pathOf(address), secret, until, algorithm)}`);
    },
  };
}

/** Makes the token of a path: `exp=E~hmac=HEX`. */
export function craneToken(path: string, secret: string, until: number, algorithm: TokenAlgorithm): string {
  const start = `exp=${until}~`;
  const hmac = createHmac(algorithm, Buffer.from(secret, 'hex')).update(`${start}url=${path}`).digest('hex');
  return `${start}hmac=${hmac}`;
}
