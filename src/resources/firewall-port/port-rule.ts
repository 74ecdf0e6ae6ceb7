import { isIP, isIPv4 } from 'node:net';

/** Rule that lets through a port. */
export interface PortRule {
  readonly first: number;
  readonly last: number;
  readonly proto: 'tcp' | 'udp';
  /**
   * Address or network, as kernels print it: without the bits that a network has no use for, hosts without a length.
   */
  readonly source: string | undefined;
  readonly family: 'ipv4' | 'ipv6' | undefined;
  /** Zone of firewalld. */
  readonly zone: string | undefined;
}

/** Formats the ports of a rule, with a sign between the two of a range. */
export function ports({ first, last }: PortRule, between: string): string {
  return first === last ? String(first) : `${first}${between}${last}`;
}

/** Formats an address or network as kernels print it; undefined for any other text. */
export function network(text: string): string | undefined {
  const [address = '', length, ...rest] = text.split('/');
  const version = isIP(address);
  const most = version === 4 ? 32 : 128;
  if (version === 0 || rest.length > 0) return undefined;
  if (length === undefined) return address.toLowerCase();
  if (!/^\d+$/.test(length) || Number(length) > most) return undefined;
  if (Number(length) === most) return address.toLowerCase();
  if (!isIPv4(address)) return `${address.toLowerCase()}/${Number(length)}`;
  const bits = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(length));
  const first = Math.floor(bits / size) * size;
  const parts = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
  return `${parts.join('.')}/${Number(length)}`;
}
