import { expect, it } from 'vitest';
import type { ServeCraneRequest } from './serve-request.js';
import { readServedStore } from './served-store.js';

const read = (given: Partial<ServeCraneRequest>) =>
  readServedStore({ listen: { host: '127.0.0.1', port: 0 }, json: false, verbose: 0, ...given });
const storeUrl = 'https://images.example.com';

it('a store is a bucket, or a folder with its address', () => {
  expect(read({})).toBeUndefined();
  expect(read({ contentV1: '.', contentV2: '.' })).toBeUndefined();
  expect(read({ store: 's3://b-1/x/', presign: 60 })).toEqual({
    target: { kind: 'bucket', bucket: 'b-1', prefix: 'x' },
    url: undefined,
    presign: 60,
  });
  expect(read({ store: '.', storeUrl })).toMatchObject({ target: { kind: 'folder', path: '.' }, url: storeUrl });
});

it.each<[Partial<ServeCraneRequest>, string, string]>([
  [{ presign: 3600 }, '--presign is given without --store', 'name the store'],
  [{ storeUrl }, '--store-url is given without --store', 'name the store'],
  [{ s3Endpoint: 'http://x' }, '--s3-endpoint is given without --store', 'name the store'],
  [{ region: 'x' }, '--region is given without --store', 'name the store'],
  [{ profile: 'x' }, '--profile is given without --store', 'name the store'],
  [{ ca: 'x' }, '--ca is given without --store', 'name the store'],
  [{ store: 's3://b-1', contentV1: '.' }, '--store cannot be used with --content-v1', 'leave out --store or'],
  [{ store: 's3://b-1', contentV2: '.' }, '--store cannot be used with --content-v2', 'leave out --store or'],
  [{ store: '' }, 'neither s3://BUCKET nor a folder', 'give --store'],
  [{ store: 'gs://b-1' }, 'neither s3://BUCKET nor a folder', 'give --store'],
  [{ store: 's3://' }, "can't be the name of a bucket", 'use 3 to 63'],
  [
    { store: 's3://b-1', presign: 604_801 },
    '--presign 604801: S3 lets',
    'give 604800 seconds, which are 7 days, or less',
  ],
  [{ store: '.' }, '--store . needs the address', 'give it with --store-url'],
  [{ store: '.', storeUrl, presign: 60 }, '--presign is for a bucket', 'leave out --presign'],
  [{ store: '.', storeUrl, s3Endpoint: 'http://x' }, '--s3-endpoint means nothing for a folder', 'leave out'],
  [{ store: '.', storeUrl, ca: 'x' }, '--ca means nothing for a folder', 'leave out --ca'],
  [{ store: './none', storeUrl }, './none is no folder', 'make it'],
])('%j is refused', (given, message, hint) => {
  expect(() => read(given)).toThrow(
    expect.objectContaining({
      kind: 'input',
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    }),
  );
});
