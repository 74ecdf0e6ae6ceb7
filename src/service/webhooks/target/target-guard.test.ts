import { networkInterfaces } from 'node:os';
import { expect, it } from 'vitest';
import { isAllowEntry } from './allowed-targets.js';
import { TargetGuard } from './target-guard.js';

const guard = (allow: readonly string[] = [], found: readonly string[] = [], own: readonly string[] = []) =>
  new TargetGuard({
    allow,
    own: () => own.map((url) => new URL(url)),
    resolve: async () => found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
  });

/** Returns the addresses of a target, or why it is refused. */
async function look(given: TargetGuard, url: string): Promise<string> {
  try {
    return (await given.addressesOf(new URL(url))).map(({ address }) => address).join(' ');
  } catch (error) {
    return error instanceof Error ? error.message.replace(/\. An administrator.*/, '') : 'thrown';
  }
}

it.each([
  ['http://127.0.0.1/', '127.0.0.1 is refused: it is loopback'],
  ['http://2130706433/', '127.0.0.1 is refused: it is loopback'],
  ['http://0x7f.1/', '127.0.0.1 is refused: it is loopback'],
  ['http://0177.0.0.1/', '127.0.0.1 is refused: it is loopback'],
  ['http://127.1/', '127.0.0.1 is refused: it is loopback'],
  ['http://１２７.0.0.1/', '127.0.0.1 is refused: it is loopback'],
  ['http://0/', '0.0.0.0 is refused: it is no address'],
  ['http://169.254.169.254/latest/meta-data', '169.254.169.254 is refused: it is link-local'],
  ['http://100.100.100.200/', '100.100.100.200 is refused: it is metadata of a cloud'],
  ['http://168.63.129.16/', '168.63.129.16 is refused: it is metadata of a cloud'],
  ['http://224.0.0.1/', '224.0.0.1 is refused: it is multicast'],
  ['http://255.255.255.255/', '255.255.255.255 is refused: it is no address of a host'],
  ['http://[::]/', ':: is refused: it is no address'],
  ['http://[::1]/', '::1 is refused: it is loopback'],
  ['http://[::ffff:127.0.0.1]/', '::ffff:7f00:1 is refused: it is loopback'],
  ['http://[::ffff:7f00:1]/', '::ffff:7f00:1 is refused: it is loopback'],
  ['http://[::127.0.0.1]/', '::7f00:1 is refused: it is loopback'],
  ['http://[64:ff9b::a9fe:a9fe]/', '64:ff9b::a9fe:a9fe is refused: it is link-local'],
  ['http://[2002:7f00:1::]/', '2002:7f00:1:: is refused: it is loopback'],
  ['http://[fe80::1]/', 'fe80::1 is refused: it is link-local'],
  ['http://[fd00:ec2::254]/', 'fd00:ec2::254 is refused: it is metadata of a cloud'],
  ['http://[ff02::1]/', 'ff02::1 is refused: it is multicast'],
  ['ftp://ci.example.com/', 'must be https://… or http://…'],
  ['file:///etc/passwd', 'must be https://… or http://…'],
  ['http://me:word@ci.example.com/', 'must have no name and password: give them as the header Authorization'],
])('%s is refused', async (url, why) => {
  expect(await look(guard(), url)).toBe(`the address ${why}`);
  expect(guard().problemOf(new URL(url))).toContain(why);
});

it.each([
  ['http://10.0.0.8/'],
  ['https://192.168.1.4:8443/hook'],
  ['http://172.16.0.1/'],
  ['http://[fd12:3456::1]/'],
  ['http://[2001:db8::1]/'],
  ['http://8.8.8.8/'],
])('%s of a private or public network is taken', async (url) => {
  expect(await look(guard(), url)).not.toContain('refused');
});

it.each([
  [['127.0.0.1'], '127.0.0.1'],
  [['10.0.0.1', '127.0.0.1'], '127.0.0.1'],
  [['10.0.0.1', '::1'], '::1'],
  [['169.254.169.254'], '169.254.169.254'],
  [['::ffff:169.254.169.254'], '::ffff:169.254.169.254'],
  [['fe80::1%eth0'], 'fe80::1%eth0'],
])('a name with the addresses %s is refused', async (found, which) => {
  expect(await look(guard([], found), 'http://ci.example.com/')).toContain(`ci.example.com (${which}) is refused`);
});

it('a name that has no address, or private ones, is told so or taken', async () => {
  expect(await look(guard(), 'http://ci.example.com/')).toBe('ci.example.com has no address');
  expect(await look(guard([], ['10.0.0.1', '10.0.0.2']), 'http://ci.example.com/')).toBe('10.0.0.1 10.0.0.2');
});

it('what the configuration allows is taken: networks, addresses, names', async () => {
  expect(await look(guard(['127.0.0.0/8']), 'http://127.9.9.9/')).toBe('127.9.9.9');
  expect(await look(guard(['127.0.0.0/8']), 'http://[::ffff:127.0.0.1]/')).toBe('::ffff:7f00:1');
  expect(await look(guard(['::1']), 'http://[::1]/')).toBe('::1');
  expect(await look(guard(['ci.lan'], ['127.0.0.1']), 'http://CI.lan./')).toBe('127.0.0.1');
  expect(await look(guard(['127.0.0.1']), 'http://127.0.0.2/')).toContain('refused');
  expect(await look(guard(['ci.lan'], ['127.0.0.1']), 'http://other.lan/')).toContain('refused');
});

it('the service itself is refused, by each of its addresses and its name', async () => {
  const own = ['http://0.0.0.0:8080', 'https://service.example.com'];
  const address = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
  if (address !== undefined) {
    expect(await look(guard([], [], own), `http://${address}:8080/api/v1/users`)).toContain('it is the service itself');
    expect(await look(guard([], [address], own), 'http://ci.example.com:8080/')).toContain('it is the service itself');
    expect(await look(guard([], [], own), `http://${address}:8081/`)).toBe(address);
  }
  expect(await look(guard([], ['10.0.0.1'], own), 'https://service.example.com/hook')).toContain('the service itself');
  expect(await look(guard(['127.0.0.1'], [], ['http://127.0.0.1:80']), 'http://127.0.0.1/')).toContain(
    'the service itself',
  );
  expect(await look(guard(['service.example.com'], ['10.0.0.1'], own), 'https://service.example.com/')).toBe(
    '10.0.0.1',
  );
});

it('entries of webhook_allow are networks, addresses and names of hosts', () => {
  const taken = ['127.0.0.0/8', '127.0.0.1', '::1', 'fd00::/8', 'ci.example.com', 'localhost'];
  const refused = ['127.0.0.0/33', '127.0.0.1/8/8', '::1/129', 'http://ci.example.com', '*.lan', '', 'a b', '1.2.3'];
  expect(taken.filter((each) => !isAllowEntry(each))).toEqual([]);
  expect(refused.filter(isAllowEntry)).toEqual([]);
});
