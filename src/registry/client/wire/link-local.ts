import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** A server's name leads to where no server of a registry is. */
export class LinkLocalAddress extends Error {}

/** Addresses of one link, and those where clouds answer a machine's questions about itself. */
const refused = new BlockList();
refused.addSubnet('169.254.0.0', 16, 'ipv4'); // RFC 3927; AWS, Google, Azure, OpenStack
refused.addSubnet('fe80::', 10, 'ipv6'); // RFC 4291, 2.5.6
refused.addSubnet('fd00:ec2::', 32, 'ipv6'); // AWS
refused.addAddress('fd20:ce::254', 'ipv6'); // Google
refused.addAddress('100.100.100.200', 'ipv4'); // Alibaba
refused.addAddress('192.0.0.192', 'ipv4'); // Oracle
refused.addAddress('168.63.129.16', 'ipv4'); // Azure's host
refused.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6'); // 169.254.0.0/16 by NAT64 (RFC 6052)
refused.addSubnet('64:ff9b:1::a9fe:0', 112, 'ipv6'); // by a network's own NAT64 (RFC 8215)
refused.addSubnet('::a9fe:0', 112, 'ipv6'); // IPv4-compatible (RFC 4291, 2.5.5.1)
refused.addSubnet('::ffff:0:a9fe:0', 112, 'ipv6'); // IPv4-translated (RFC 2765)
refused.addSubnet('2002:a9fe::', 32, 'ipv6'); // and by 6to4 (RFC 3056)

/** Names of those addresses, for where a name is looked up by somebody else. */
const names = new Set(['metadata', 'metadata.google.internal', 'metadata.goog', 'instance-data']);

/** Returns true for a host of a URL that is such an address, or a name known to be one's. Other names are {@link guardedLookup}'s. */
export function leadsToLink(hostname: string): boolean {
  const bare = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  return isIP(bare) === 0 ? names.has(bare.replace(/\.$/, '').replace(/\.ec2\.internal$/, '')) : isRefused(bare);
}

/** Looks a name up as sockets do, and fails with {@link LinkLocalAddress} where it is one of those addresses'. */
export const guardedLookup: LookupFunction = (hostname, options, found) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return found(error, '', 0);
    const wrong = addresses.find(({ address }) => isRefused(address));
    if (wrong !== undefined) {
      return found(new LinkLocalAddress(`${hostname} is ${wrong.address}, a link-local address`), '', 0);
    }
    if (options.all === true) return found(null, addresses);
    const [{ address, family } = { address: '', family: 0 }] = addresses;
    found(null, address, family);
  });
};

/** Returns true for such an address; a zone (`fe80::1%eth0`) is no part of it. */
function isRefused(address: string): boolean {
  const [bare = ''] = address.split('%');
  return refused.check(bare, isIP(bare) === 6 ? 'ipv6' : 'ipv4');
}
