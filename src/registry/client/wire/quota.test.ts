import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { openRegistry } from '../open.js';
import { quotaOf } from './quota.js';

test.each([
  ['none is named', {}, undefined],
  ['not a number', { remaining: 'many' }, undefined],
  [
    'of Docker Hub',
    { limit: '100;w=21600', remaining: '76;w=21600' },
    { left: 76, reset: undefined, size: '100 in 6 h' },
  ],
  [
    'of Docker Hub, used up',
    { limit: '100;w=21600', remaining: '0;w=21600' },
    { left: 0, reset: undefined, size: '100 in 6 h' },
  ],
  ['with a window only', { remaining: '0;w=90' }, { left: 0, reset: undefined, size: 'in 1 min 30 s' }],
  ['with a reset', { limit: '10', remaining: '0', reset: '30' }, { left: 0, reset: 30_000, size: '10' }],
  ['a reset that is now', { remaining: '0', reset: '0' }, { left: 0, reset: undefined, size: undefined }],
  ['of GitLab: a time', { limit: '60', remaining: '0', reset: '1800000002' }, { left: 0, reset: 2000, size: '60' }],
  ['a time that has passed', { remaining: '0', reset: '1799999000' }, { left: 0, reset: 1000, size: undefined }],
  ['a time in milliseconds', { remaining: '0', reset: '1800000002500' }, { left: 0, reset: 2500, size: undefined }],
  ['a date', { remaining: '0', reset: 'Fri, 15 Jan 2027 08:00:05 GMT' }, { left: 0, reset: 5000, size: undefined }],
  ['a date of ISO', { remaining: '0', reset: '2027-01-15T08:00:05Z' }, { left: 0, reset: 5000, size: undefined }],
  ['a quoted number', { remaining: '0', reset: '"30"' }, { left: 0, reset: 30_000, size: undefined }],
  ['words', { remaining: '0', reset: 'soon' }, { left: 0, reset: undefined, size: undefined }],
  ['several', { limit: '10, 10;w=60, 500;w=3600', remaining: '3' }, { left: 3, reset: undefined, size: '10' }],
])('%s', (_what, fields, quota) => {
  const headers = Object.fromEntries(Object.entries(fields).map(([name, value]) => [`ratelimit-${name}`, value]));
  expect(quotaOf(headers, 1_800_000_000_000)).toEqual(quota);
});

test.each([
  ['limit=100, remaining=0, reset=30', { left: 0, reset: 30_000, size: '100' }],
  ['"default";r=0;t=30', { left: 0, reset: 30_000, size: undefined }],
  ['"pulls"; r=5', { left: 5, reset: undefined, size: undefined }],
  ['nothing of it', undefined],
])('RateLimit in one header was not looked at: %s', (ratelimit, quota) => {
  expect(quotaOf({ ratelimit })).toEqual(quota);
});

test.each([
  [
    'of GitHub',
    {
      'x-ratelimit-limit': '60',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': '1800000007',
      'x-ratelimit-used': '60',
    },
    { left: 0, reset: 7000, size: '60' },
  ],
  [
    'of a gateway',
    { 'x-rate-limit-limit': '5', 'x-rate-limit-remaining': '4', 'x-rate-limit-reset': '12' },
    { left: 4, reset: 12_000, size: '5' },
  ],
  [
    'of another',
    { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset-after': '3' },
    { left: 0, reset: 3000, size: undefined },
  ],
  [
    "beside the draft's",
    { 'ratelimit-remaining': '9', 'x-ratelimit-remaining': '0' },
    { left: 9, reset: undefined, size: undefined },
  ],
  [
    "beside the draft's, which are empty",
    { 'ratelimit-remaining': '', 'x-ratelimit-remaining': '0' },
    { left: 0, reset: undefined, size: undefined },
  ],
])('X-RateLimit headers were not looked at: %s', (_what, headers, quota) => {
  expect(quotaOf(headers, 1_800_000_000_000)).toEqual(quota);
});

test('a time is one of the server, whose clock may be another', () => {
  const headers = {
    date: 'Fri, 15 Jan 2027 08:00:00 GMT',
    'ratelimit-remaining': '0',
    'ratelimit-reset': '1800000005',
  };
  expect(quotaOf(headers)?.reset).toBe(5000);
});

/** Returns the requests that a registry with these answers gets, and what is reported about it. */
async function answering(
  headers: Readonly<Record<string, string>>,
  requests: number,
  refusals: readonly number[] = [],
) {
  const left = [...refusals];
  const times: number[] = [];
  const notices: string[] = [];
  let under = 0;
  let most = 0;
  const server = createServer((_request, response) => {
    times.push(performance.now());
    under += 1;
    most = Math.max(most, under);
    setTimeout(() => {
      under -= 1;
      const refusal = left.shift();
      response.writeHead(refusal ?? 404, refusal === undefined && refusals.length > 0 ? {} : headers).end();
    }, 20);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const host = `127.0.0.1:${address.port}`;
  const registry = openRegistry({ host, notice: (line) => notices.push(line.replace(host, 'HOST')) });
  await Promise.all(Array.from({ length: requests }, () => registry.manifest('team/web', 'x')));
  await registry.close();
  return { times, most, notices };
}

test('a quota that is used up, without a word of when there is more: said once, and fewer requests at a time', async () => {
  const { times, most, notices } = await answering(
    { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '0;w=21600' },
    40,
  );
  expect(times).toHaveLength(40);
  expect(most).toBe(8); // Of 16.
  expect(notices).toMatchInlineSnapshot(`
    [
      "HOST: its quota (100 in 6 h) is used up, going on with fewer requests at a time; with an account there may be more",
    ]
  `);
});

test('until the time that it names, nothing is sent', async () => {
  const { times, notices } = await answering({ 'ratelimit-remaining': '0', 'ratelimit-reset': '1' }, 2);
  expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(900);
  expect(notices).toMatchInlineSnapshot(`
    [
      "HOST: its quota is used up, waiting 1 s; with an account there may be more",
    ]
  `);
});

test.each([
  429, 403,
])('a used up quota that is told by %d and no Retry-After was asked again at once, or ended the run', async (status) => {
  const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 2) };
  const { times } = await answering(headers, 1, [status]);
  expect(times).toHaveLength(2);
  expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(900);
});

test('a 403 of a quota that is used up for hours was told as a permission that lacks', async () => {
  const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 7200) };
  await expect(answering(headers, 1, [403])).rejects.toMatchObject({
    kind: 'rate-limited',
    hint: 'wait, log in with an account that may do more, or set a lower request rate',
  });
});
