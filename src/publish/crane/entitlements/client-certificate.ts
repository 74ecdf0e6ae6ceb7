import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { TLSSocket } from 'node:tls';
import { BoundedMap } from '../../../registry/server/bounded-map.js';
import type { Entitlement } from './entitlement.js';

/** Places where the certificate of a client comes from. Without any, nobody has one. */
export interface CertificateSources {
  /** True: the connection itself has it, where our listener asks for one. */
  readonly fromConnection: boolean;
  /** Header in which a proxy passes on the certificate that it has verified. */
  readonly header?: string | undefined;
  /** Networks of such proxies: `127.0.0.1`, `10.0.0.0/8`. From elsewhere the header counts for nothing. */
  readonly proxies?: readonly string[] | undefined;
}

/** Returns the entitlement of who sent a request. */
export type Identify = (request: IncomingMessage) => Promise<Entitlement | undefined>;

/** Milliseconds for which a certificate is not read again: its end is looked at then. */
const remembered = 60_000;

/** Makes what finds out who sends a request. @throws Error for a network that is none */
export function identifyBy({ fromConnection, header, proxies = [] }: CertificateSources): Identify {
  const trusted = networksOf(proxies);
  const known = new BoundedMap<string, KnownEntitlement>(4 << 20, ({ size }) => size);
  const read = async (key: string, certificate: () => string | Uint8Array | undefined) => {
    const found = known.get(key);
    if (found !== undefined && Date.now() - found.at < remembered) return found.entitlement;
    const { readEntitlement } = await import('./entitlement.js');
    const given = certificate();
    const entitlement = given === undefined ? undefined : readEntitlement(given);
    known.set(key, { entitlement, at: Date.now(), size: 4 * key.length + 1000 });
    return entitlement;
  };
  return async ({ socket, headers }) => {
    if (fromConnection && socket instanceof TLSSocket && socket.authorized) {
      const { raw } = socket.getPeerCertificate();
      if (raw !== undefined) return read(raw.toString('base64'), () => raw);
    }
    const text = header === undefined ? undefined : headers[header.toLowerCase()];
    if (typeof text !== 'string' || text === '' || !isTrusted(trusted, socket.remoteAddress ?? '')) return undefined;
    return read(text, () => certificateIn(text));
  };
}

interface KnownEntitlement {
  readonly entitlement: Entitlement | undefined;
  readonly at: number;
  readonly size: number;
}

/** Makes a list of networks. @throws Error that names one which is none */
export function networksOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits, ...rest] = network.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    const most = family === 'ipv6' ? 128 : 32;
    if (isIP(address) === 0 || rest.length > 0 || (bits !== undefined && !(/^\d{1,3}$/.test(bits) && +bits <= most)))
      throw new Error(`${network} is no address and no network`);
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

function isTrusted(trusted: BlockList, address: string): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  const family = isIP(plain);
  return family !== 0 && trusted.check(plain, family === 6 ? 'ipv6' : 'ipv4');
}

/**
 * Returns the certificate in a header, as proxies write it: PEM escaped as in addresses (nginx `$ssl_client_escaped_cert`),
 * with blanks for line ends (Apache), its Base64 alone (HAProxy), or between colons (RFC 9440).
 */
function certificateIn(header: string): Uint8Array | undefined {
  let text = header;
  if (header.includes('%')) {
    try {
      text = decodeURIComponent(header);
    } catch {
      return undefined;
    }
  }
  const base64 = text
    .replace(/-----BEGIN [^-]*-----/, '')
    .replace(/-----END .*$/s, '')
    .replaceAll(/[\s:]/g, '');
  return /^[A-Za-z0-9+/]+={0,2}$/.test(base64) ? Buffer.from(base64, 'base64') : undefined;
}
