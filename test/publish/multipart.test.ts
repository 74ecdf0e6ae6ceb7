import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectS3, type S3Connection } from '../../src/publish/stores/s3-connection.js';
import type { S3Settings } from '../../src/publish/stores/s3-settings.js';
import { s3Store } from '../../src/publish/stores/s3-store.js';
import { newBucket, objectOf, stream } from './bucket-kit.js';

const part = 8 << 20;
const bytes = randomBytes(8 * part + 12_345);

let settings: S3Settings;
let connection: S3Connection;
beforeAll(async () => {
  settings = await newBucket();
  connection = await connectS3(settings);
});
afterAll(() => connection.client.destroy());

/** Leaves an upload unfinished, with some parts. */
async function leaveUpload(key: string, parts: readonly Uint8Array[], metadata: Record<string, string> = {}) {
  const { client, sdk, bucket } = connection;
  const place = { Bucket: bucket, Key: key };
  const type = { ContentType: 'text/x-test', Metadata: metadata };
  const { UploadId } = await client.send(new sdk.CreateMultipartUploadCommand({ ...place, ...type }));
  for (const [at, Body] of parts.entries())
    await client.send(new sdk.UploadPartCommand({ ...place, UploadId, PartNumber: at + 1, Body }));
}

async function unfinished(): Promise<number> {
  const { client, sdk, bucket } = connection;
  return (await client.send(new sdk.ListMultipartUploadsCommand({ Bucket: bucket }))).Uploads?.length ?? 0;
}

async function bytesOfParts(key: string): Promise<number> {
  const { client, sdk, bucket } = connection;
  const place = { Bucket: bucket, Key: key };
  const { Uploads } = await client.send(new sdk.ListMultipartUploadsCommand({ Bucket: bucket, Prefix: key }));
  const { Parts = [] } = await client.send(new sdk.ListPartsCommand({ ...place, UploadId: Uploads?.[0]?.UploadId }));
  return Parts.reduce((sum, { Size = 0 }) => sum + Size, 0);
}

const partAt = (at: number) => bytes.subarray(at * part, (at + 1) * part);
const sha256 = createHash('sha256').update(bytes).digest('hex');

it('sends a large object in parts, and gives it its type and digest', async () => {
  const store = await s3Store(settings);
  expect(await store.upload(objectOf('large', bytes), stream(bytes))).toBe(bytes.length);
  expect(await store.head('large')).toMatchObject({ size: bytes.length, contentType: 'text/x-test', sha256 });
  expect(store.traffic.byKind).toEqual({
    ListMultipartUploads: 1,
    CreateMultipartUpload: 1,
    UploadPart: 9,
    CompleteMultipartUpload: 1,
    HeadObject: 1,
  });
  await store.close();
});

it('goes on with an upload that was left: parts that are there are not sent', async () => {
  await leaveUpload('resumed', [partAt(0), partAt(1), partAt(2)], { sha256 });
  const store = await s3Store(settings);
  expect(await store.upload(objectOf('resumed', bytes), stream(bytes))).toBe(5 * part + 12_345);
  expect(store.traffic.byKind).toMatchObject({ UploadPart: 6, ListParts: 1 });
  expect(store.traffic.byKind.CreateMultipartUpload).toBeUndefined();
  expect((await store.head('resumed'))?.sha256).toBe(sha256);
  await store.close();
});

it('an upload of other bytes is aborted, and none is left', async () => {
  await leaveUpload('foreign', [partAt(0), partAt(3)], { sha256 });
  const store = await s3Store(settings);
  expect(await store.upload(objectOf('foreign', bytes), stream(bytes))).toBe(bytes.length);
  expect(store.traffic.byKind).toMatchObject({ AbortMultipartUpload: 1, CreateMultipartUpload: 1, UploadPart: 9 });
  expect((await store.head('foreign'))?.size).toBe(bytes.length);
  expect(await unfinished()).toBe(0);
  await store.close();
});

it('an upload that was begun with another digest does not give it to the object', async () => {
  await leaveUpload('named', [partAt(0)], { sha256: '0'.repeat(64) });
  const store = await s3Store(settings);
  await store.upload(objectOf('named', bytes), stream(bytes));
  expect((await store.head('named'))?.sha256).toBe(sha256);
  await store.close();
});

it.each([
  ['others', Buffer.concat([bytes.subarray(0, -1), Buffer.from([(bytes.at(-1) ?? 0) ^ 1])])],
  ['fewer', bytes.subarray(0, -1)],
  ['more', Buffer.concat([bytes, Buffer.from('x')])],
])('%s bytes than were announced are not stored', async (_, sent) => {
  const store = await s3Store(settings);
  await expect(store.upload(objectOf('wrong', bytes), stream(sent))).rejects.toMatchObject({ kind: 'corrupt' });
  expect(await store.head('wrong')).toBeUndefined();
  expect(await unfinished()).toBe(0);
  await store.close();
});

it('an interrupted upload stays at the service, to be gone on with', async () => {
  const stop = new AbortController();
  const store = await s3Store({ ...settings, signal: stop.signal });
  async function* cut() {
    yield bytes.subarray(0, 3 * part);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    stop.abort();
    yield bytes.subarray(3 * part);
  }
  const sending = store.upload(objectOf('cut', bytes), async () => Readable.from(cut(), { objectMode: false }));
  await expect(sending).rejects.toMatchObject({ kind: 'interrupted' });
  expect(await bytesOfParts('cut')).toBeGreaterThanOrEqual(part);
  const again = await s3Store(settings);
  const sent = await again.upload(objectOf('cut', bytes), stream(bytes));
  // The service may take in a part of a request that was aborted, after it was asked what it has.
  expect([7, 6, 5].map((parts) => parts * part + 12_345)).toContain(sent);
  expect(again.traffic.byKind.CreateMultipartUpload).toBeUndefined();
  expect((await again.head('cut'))?.sha256).toBe(sha256);
  await Promise.all([store.close(), again.close()]);
});

it('two that send the same large object at one time both end well', async () => {
  const stores = await Promise.all([s3Store(settings), s3Store(settings)]);
  await Promise.all(stores.map((store) => store.upload(objectOf('both', bytes), stream(bytes))));
  expect((await stores[0]?.head('both'))?.sha256).toBe(sha256);
  await Promise.all(stores.map((store) => store.close()));
});
