import { BlockList, isIP } from 'node:net';

/** Networks to which nothing is sent unless the configuration allows it, and what they are. */
const refused: readonly (readonly [network: string, bits: number, what: string])[] = [
  ['0.0.0.0', 8, 'no address'],
  ['127.0.0.0', 8, 'loopback'],
  ['169.254.0.0', 16, 'link-local'],
  ['168.63.129.16', 32, 'metadata of a cloud'],
  ['100.100.100.200', 32, 'metadata of a cloud'],
  ['192.0.0.0', 24, 'metadata of a cloud'],
  ['224.0.0.0', 4, 'multicast'],
  ['240.0.0.0', 4, 'no address of a host'],
  ['::', 128, 'no address'],
  ['::1', 128, 'loopback'],
  ['fe80::', 10, 'link-local'],
  ['fd00:ec2::', 32, 'metadata of a cloud'],
  ['fd20:ce::', 32, 'metadata of a cloud'],
  ['ff00::', 8, 'multicast'],
  ['2001::', 32, 'a tunnel'],
];

const lists = refused.map(([network, bits, what]) => {
  const list = new BlockList();
  list.addSubnet(network, bits, network.includes(':') ? 'ipv6' : 'ipv4');
  return { list, what };
});

/** Returns the reason for which an address is refused; undefined: it isn't. */
export function refusalOfAddress(address: string): string | undefined {
  const inner = innerAddress(address);
  return lists.find(({ list }) => list.check(inner, family(inner)))?.what;
}

/** Returns the address of IPv4 that one of IPv6 stands for (mapped, translated, 6to4), or the address itself. */
export function innerAddress(address: string): string {
  if (isIP(address) !== 6) return address;
  const parts = expanded(address);
  const [a = 0, b = 0, c = 0] = parts;
  const last = (high: number, low: number) => `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
  const isZero = (from: number, to: number) => parts.slice(from, to).every((part) => part === 0);
  const [high = 0, low = 0] = parts.slice(6);
  const isMapped = isZero(0, 5) && parts[5] === 0xffff;
  const isCompatible = isZero(0, 6) && high !== 0;
  const isTranslated = a === 0x64 && b === 0xff9b;
  if (isMapped || isCompatible || isTranslated) return last(high, low);
  return a === 0x2002 ? last(b, c) : address;
}

/** Returns the eight numbers of an address of IPv6. */
function expanded(address: string): number[] {
  const [plain = ''] = address.split('%');
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(plain);
  const hex = (high: string | undefined, low: string | undefined) => (Number(high) * 256 + Number(low)).toString(16);
  const text = dotted === null ? plain : `${dotted[1]}${hex(dotted[2], dotted[3])}:${hex(dotted[4], dotted[5])}`;
  const [left = '', right] = text.split('::');
  const numbers = (part: string) => (part === '' ? [] : part.split(':').map((each) => Number.parseInt(each, 16)));
  const [before, after] = [numbers(left), numbers(right ?? '')];
  return [...before, ...Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => 0), ...after];
}

function family(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
