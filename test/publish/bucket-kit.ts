import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { inject } from 'vitest';
import type { NewObject, ObjectStore } from '../../src/publish/stores/object-store.js';
import { connectS3 } from '../../src/publish/stores/s3-connection.js';
import type { S3Settings } from '../../src/publish/stores/s3-settings.js';
import { s3Store } from '../../src/publish/stores/s3-store.js';

/** Returns the gateway that runs for these tests. @throws Error that says what it lacks */
export function gateway() {
  const found = inject('gateway');
  if (found === undefined)
    throw new Error("these tests need Ceph's gateway: radosgw, ceph-mon, ceph-osd and ceph-common, on Debian as root");
  return found;
}

/** Environment of a command that reaches the gateway, as AWS' tools read it. */
export function gatewayEnvironment(): Record<string, string> {
  const { accessKey, secretKey, region } = gateway();
  return {
    AWS_ACCESS_KEY_ID: accessKey,
    AWS_SECRET_ACCESS_KEY: secretKey,
    AWS_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
}

/** Makes a bucket of its own for a test. @returns its settings */
export async function newBucket(): Promise<S3Settings> {
  const bucket = `test-${randomBytes(6).toString('hex')}`;
  const { endpoint, region, accessKey, secretKey } = gateway();
  const credentials = { accessKeyId: accessKey, secretAccessKey: secretKey };
  const settings = { bucket, endpoint, region, credentials };
  const { client, sdk } = await connectS3(settings);
  await client.send(new sdk.CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
  return settings;
}

/** Opens the store of a new bucket. */
export async function newStore(settings: Partial<S3Settings> = {}): Promise<ObjectStore> {
  return s3Store({ ...(await newBucket()), ...settings });
}

/** Lists the keys of a store. */
export async function keysOf(store: ObjectStore, prefix = ''): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys;
}

/** Makes an object of bytes. */
export function objectOf(key: string, bytes: Uint8Array, more: Partial<NewObject> = {}): NewObject {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { key, size: bytes.length, sha256, contentType: 'text/x-test', access: 'private', ...more };
}

/** Makes a function that streams bytes. */
export function stream(bytes: Uint8Array): () => Promise<Readable> {
  return async () => Readable.from(chunksOf(bytes), { objectMode: false });
}

function* chunksOf(bytes: Uint8Array) {
  for (let at = 0; at < bytes.length; at += 100_000) yield bytes.subarray(at, at + 100_000);
}
