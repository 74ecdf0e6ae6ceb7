import { isIP } from 'node:net';

/**
 * Returns the addresses of a host, IPv4 first, and the one of its default route. Loopback and link-local ones are omitted.
 *
 * @param entries `address.DEVICE` → `inet 10.0.0.5/24`, among others
 * @param route output of `ip route get`
 */
export function hostAddresses(
  entries: readonly (readonly [string, string])[],
  route: string,
): { readonly addresses: readonly string[]; readonly defaultAddress: string } {
  const found = entries.flatMap(([key, value]) => {
    if (!key.startsWith('address.')) return [];
    const address = (value.split(' ')[1] ?? '').split('/')[0] ?? '';
    return isIP(address) === 0 || key === 'address.lo' || isLoopbackAddress(address) || isOfLink(address)
      ? []
      : [address];
  });
  const all = [...new Set(found)];
  const addresses = [...all.filter((address) => !isV6(address)), ...all.filter(isV6)];
  const source = / src (\S+)/.exec(route)?.[1];
  const isUsable = source !== undefined && isIP(source) !== 0 && !isLoopbackAddress(source);
  return { addresses, defaultAddress: isUsable ? source : (addresses[0] ?? '') };
}

function isV6(address: string): boolean {
  return address.includes(':');
}

function isLoopbackAddress(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

function isOfLink(address: string): boolean {
  return /^fe[89ab]/i.test(address);
}
