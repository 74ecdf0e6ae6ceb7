import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { connectS3 } from '../../src/publish/stores/s3-connection.js';
import { planBucket } from '../../src/publish/stores/s3-setup.js';
import { s3Store } from '../../src/publish/stores/s3-store.js';
import { gateway, newBucket, objectOf } from './bucket-kit.js';

const wanted = {
  create: true,
  publicPrefixes: ['open/'],
  corsOrigins: ['https://example.com'],
  abortUploadsAfter: 7,
};

it('a bucket is planned first, made as it should be, and then has no differences', async () => {
  const settings = { ...(await newBucket()), bucket: `made-${randomBytes(4).toString('hex')}` };
  const plan = await planBucket(settings, wanted);
  expect(plan.changes.map(({ what }) => what)).toEqual(['bucket', 'policy', 'cors', 'lifecycle']);
  expect((await planBucket(settings, wanted)).changes).toHaveLength(4); // A plan does nothing.
  for (const change of plan.changes) await change.apply();
  expect((await planBucket(settings, wanted)).changes).toEqual([]);
  const more = { ...wanted, publicPrefixes: ['open/', 'more/'], abortUploadsAfter: 3 };
  const next = await planBucket(settings, more);
  expect(next.changes.map(({ what }) => what)).toEqual(['policy', 'lifecycle']);
  for (const change of next.changes) await change.apply();
  expect((await planBucket(settings, more)).changes).toEqual([]);
  const store = await s3Store(settings);
  for (const key of ['open/a', 'more/a', 'closed/a'])
    await store.put(objectOf(key, Buffer.from('a')), Buffer.from('a'));
  const status = async (key: string) => (await fetch(`${store.url}/${key}`)).status;
  expect([await status('open/a'), await status('more/a'), await status('closed/a')]).toEqual([200, 200, 403]);
  await store.close();
});

it('rules and statements of others stay', async () => {
  const settings = await newBucket();
  const { client, sdk, bucket } = await connectS3(settings);
  const theirs = {
    Sid: 'theirs',
    Effect: 'Allow',
    Principal: { AWS: ['*'] },
    Action: ['s3:GetObject'],
    Resource: [`arn:aws:s3:::${bucket}/theirs/*`],
  };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [theirs] });
  await client.send(new sdk.PutBucketPolicyCommand({ Bucket: bucket, Policy }));
  const plan = await planBucket(settings, { publicPrefixes: ['ours/'] });
  for (const change of plan.changes) await change.apply();
  const { Policy: text = '' } = await client.send(new sdk.GetBucketPolicyCommand({ Bucket: bucket }));
  const statements: { Sid: string }[] = JSON.parse(text).Statement;
  expect(statements.map(({ Sid }) => Sid)).toEqual(['theirs', expect.stringMatching(/^provisionPublicRead/)]);
  client.destroy();
});

it('objects are private unless they are asked to be public, and a signed address ends', async () => {
  const store = await s3Store(await newBucket());
  const bytes = Buffer.from('content');
  await store.put(objectOf('private', bytes), bytes);
  await store.put(objectOf('public', bytes, { access: 'public-read' }), bytes);
  const status = async (address: string) => (await fetch(address)).status;
  expect([await status(`${store.url}/private`), await status(`${store.url}/public`)]).toEqual([403, 200]);
  const signed = (await store.presign?.('private', new Date(Date.now() + 60_000))) ?? '';
  expect(new URL(signed).searchParams.get('X-Amz-Expires')).toMatch(/^(59|60)$/);
  expect(await (await fetch(signed)).text()).toBe('content');
  const short = (await store.presign?.('private', new Date(Date.now() + 1000))) ?? '';
  await new Promise((resolve) => setTimeout(resolve, 2500));
  expect(await status(short)).toBe(403);
  await store.close();
});

const owner = () => {
  const { accessKey, secretKey } = gateway();
  return { accessKeyId: accessKey, secretAccessKey: secretKey };
};

it.each([
  [
    'an unknown key',
    { credentials: { accessKeyId: 'NOBODY', secretAccessKey: 'x' } },
    'unauthorized',
    'does not know this access key',
  ],
  [
    'a wrong secret',
    () => ({ credentials: { ...owner(), secretAccessKey: 'wrong' } }),
    'unauthorized',
    'refuses the signature',
  ],
  ['no such bucket', { bucket: 'never-made' }, 'not-found', 'there is no bucket never-made'],
  ['no service', { endpoint: 'http://127.0.0.1:1' }, 'unreachable', 'ECONNREFUSED'],
] as const)('%s is named', async (_, more, kind, words) => {
  const store = await s3Store({ ...(await newBucket()), ...(typeof more === 'function' ? more() : more) });
  const reading = async () => {
    for await (const _object of store.list('')) return;
  };
  const failed = expect(reading()).rejects;
  await failed.toMatchObject({ kind, message: expect.stringContaining(words), hint: expect.stringMatching(/^[a-z]/) });
  await store.close();
});

it.each([
  'ab',
  '192.168.1.1',
  'a..b',
  '-ab',
  'a b',
  'a/b',
  '',
])('refuses %j as the name of a bucket', async (bucket) => {
  await expect(s3Store({ bucket })).rejects.toMatchObject({ kind: 'input' });
});
