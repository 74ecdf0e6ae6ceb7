import { expect, it, test } from 'vitest';
import { networkOf, RateLimit } from './rate-limit.js';

test('a client has so many requests at once, and so many a second; others have their own', () => {
  let now = 0;
  const limit = new RateLimit({ requests: 2, burst: 3 }, () => now);
  const ask = (account: string | undefined, address = '10.0.0.1') =>
    limit.take(account, address)?.headers?.['Retry-After'];
  expect([1, 2, 3, 4].map(() => ask('ci'))).toEqual([undefined, undefined, undefined, '1']);
  expect([ask('ada'), ask(undefined), ask(undefined, '10.0.0.2')]).toEqual([undefined, undefined, undefined]);
  now = 500;
  expect([ask('ci'), ask('ci')]).toEqual([undefined, '1']);
  now = 60_000;
  expect([1, 2, 3, 4].map(() => ask('ci'))).toEqual([undefined, undefined, undefined, '1']);
});

test('a limit below one a second names the seconds to wait', () => {
  const limit = new RateLimit({ requests: 0.1 }, () => 0);
  expect(limit.take('ci', '')).toBeUndefined();
  expect(limit.take('ci', '')).toMatchObject({ status: 429, headers: { 'Retry-After': '10' } });
});

test('clients beyond those that are remembered do not fill the memory', () => {
  const limit = new RateLimit({ requests: 1 }, () => 0);
  for (let at = 0; at < 20_001; at += 1) limit.take(String(at), '');
  expect([limit.take('0', ''), limit.take('20000', '')?.status]).toEqual([undefined, 429]);
});

it.each([
  ['10.0.0.1', '10.0.0.1'],
  ['::ffff:10.0.0.1', '10.0.0.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8:1:2::6', '2001:db8:1:2'],
  ['2001:db8::6', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['-', '-'],
])('%s is of the client %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
