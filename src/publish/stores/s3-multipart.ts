import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { CompletedPart } from '@aws-sdk/client-s3';
import { RegistryError } from '../../registry/registry-error.js';
import { PartReader, PartSender } from './object-parts.js';
import type { NewObject } from './object-store.js';
import type { S3Connection } from './s3-connection.js';
import { s3StatusOf } from './s3-errors.js';

/** Objects of this size are sent in parts. */
export const multipartFrom = 64 << 20;
const leastPart = 8 << 20;
const mostParts = 10_000;
/** Bytes of the parts of an object that are under way at one time, where it may be more than one part. */
const mostUnderWay = 24 << 20;

/** Headers that an object gets. */
export type ObjectHeaders = Readonly<{
  ContentType: string;
  CacheControl?: string;
  ACL?: 'public-read';
  Metadata: Record<string, string>;
}>;

interface MultipartOptions {
  readonly key: string;
  readonly headers: ObjectHeaders;
  readonly object: NewObject;
  readonly read: (from: number) => Promise<Readable>;
  readonly checksums: boolean;
  /** Options of each request. */
  readonly request: { readonly abortSignal?: AbortSignal };
}

/** Upload at the service: its parts by number. */
interface Upload {
  readonly id: string;
  readonly parts: ReadonlyMap<number, { readonly etag: string; readonly size: number }>;
}

/** Result of sending parts. `other-bytes`: the parts that were there belong to something else. */
type Sent = { readonly kind: 'done'; readonly bytes: number } | { readonly kind: 'other-bytes' | 'gone' };

/**
 * Stores a large object in parts. An unfinished upload of the key is gone on with: its parts are read again here and compared by
 * MD5, and sent where they differ. One that belongs to other bytes is aborted.
 * @returns the bytes that were sent
 */
export async function uploadInParts(connection: S3Connection, options: MultipartOptions): Promise<number> {
  let sent = 0;
  for (let tries = 0; tries < 3; tries += 1) {
    const found = tries === 0 ? await findUpload(connection, options) : undefined;
    const upload = found ?? (await createUpload(connection, options));
    const result = await sendParts(connection, options, upload);
    if (result.kind === 'done') {
      sent += result.bytes;
      if (found === undefined || (await hasOwnHeaders(connection, options))) return sent;
    } else if (result.kind === 'other-bytes') await abortUpload(connection, options, upload.id);
  }
  throw new RegistryError('server', `could not store ${options.key}: its upload was ended by others three times`, {
    hint: 'let one publisher at a time store this image',
  });
}

async function findUpload(
  { client, sdk, bucket }: S3Connection,
  { key, request }: MultipartOptions,
): Promise<Upload | undefined> {
  const { Uploads = [] } = await client.send(
    new sdk.ListMultipartUploadsCommand({ Bucket: bucket, Prefix: key }),
    request,
  );
  const [newest] = Uploads.filter(({ Key, UploadId }) => Key === key && UploadId !== undefined).toSorted(
    (a, b) => Number(b.Initiated ?? 0) - Number(a.Initiated ?? 0),
  );
  if (newest?.UploadId === undefined) return undefined;
  const id = newest.UploadId;
  const parts = new Map<number, { etag: string; size: number }>();
  let marker: string | undefined;
  try {
    do {
      const page = await client.send(
        new sdk.ListPartsCommand({ Bucket: bucket, Key: key, UploadId: id, PartNumberMarker: marker }),
        request,
      );
      for (const { PartNumber = 0, ETag = '', Size = 0 } of page.Parts ?? [])
        parts.set(PartNumber, { etag: bareEtag(ETag), size: Size });
      marker = page.IsTruncated === true ? page.NextPartNumberMarker : undefined;
    } while (marker !== undefined);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
  return { id, parts };
}

async function createUpload(
  { client, sdk, bucket }: S3Connection,
  { key, headers, checksums, request }: MultipartOptions,
): Promise<Upload> {
  const { UploadId } = await client.send(
    new sdk.CreateMultipartUploadCommand({
      Bucket: bucket,
      Key: key,
      ...headers,
      ...(checksums ? { ChecksumAlgorithm: 'SHA256' } : {}),
    }),
    request,
  );
  if (UploadId === undefined) throw new RegistryError('protocol', `could not store ${key}: the service gave no upload`);
  return { id: UploadId, parts: new Map() };
}

async function abortUpload(
  { client, sdk, bucket }: S3Connection,
  { key }: MultipartOptions,
  id: string,
): Promise<void> {
  try {
    await client.send(new sdk.AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: id }));
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/**
 * Sends parts, a few beside each other: while one is under way the next is read. They have buffers that are used again, which is what
 * bounds the memory.
 */
async function sendParts(connection: S3Connection, options: MultipartOptions, upload: Upload): Promise<Sent> {
  const { object, checksums } = options;
  const size = partSize(object.size);
  const whole = createHash('sha256');
  const content = await options.read(0);
  const reader = new PartReader(content);
  const sender = new PartSender(Math.max(1, Math.floor(mostUnderWay / size)), size);
  const finished: CompletedPart[] = [];
  let bytes = 0;
  try {
    for (let number = 1; (number - 1) * size < object.size; number += 1) {
      const buffer = await sender.free();
      const part = await reader.fill(buffer, Math.min(size, object.size - (number - 1) * size));
      whole.update(part);
      const there = upload.parts.get(number);
      const md5 = there === undefined ? undefined : createHash('md5').update(part).digest('hex');
      if (there !== undefined && there.size === part.length && there.etag === md5) {
        const sum = checksums ? { ChecksumSHA256: createHash('sha256').update(part).digest('base64') } : {};
        finished[number - 1] = { PartNumber: number, ETag: `"${md5}"`, ...sum };
        sender.release(buffer);
        continue;
      }
      if (there !== undefined && isMd5(there.etag)) {
        await sender.ended();
        return { kind: 'other-bytes' };
      }
      sender.send(buffer, async () => {
        finished[number - 1] = await sendPart(connection, options, upload.id, number, part);
        bytes += part.length;
      });
    }
    await sender.ended();
    await reader.requireEnd(object);
    requireDigest(object, whole.digest('hex'));
    await completeUpload(connection, options, upload.id, finished);
    return { kind: 'done', bytes };
  } catch (error) {
    await sender.settled();
    if (isGone(error)) return (await hasOwnHeaders(connection, options)) ? { kind: 'done', bytes } : { kind: 'gone' };
    if (error instanceof RegistryError && error.kind === 'corrupt') await abortUpload(connection, options, upload.id);
    throw error;
  } finally {
    content.destroy();
  }
}

async function sendPart(
  { client, sdk, bucket }: S3Connection,
  { key, checksums, request }: MultipartOptions,
  id: string,
  number: number,
  part: Buffer,
): Promise<CompletedPart> {
  const command = new sdk.UploadPartCommand({
    Bucket: bucket,
    Key: key,
    UploadId: id,
    PartNumber: number,
    Body: part,
    ContentLength: part.length,
    ...(checksums ? { ChecksumAlgorithm: 'SHA256' } : {}),
  });
  const { ETag, ChecksumSHA256 } = await client.send(command, request);
  return { PartNumber: number, ETag, ...(ChecksumSHA256 === undefined ? {} : { ChecksumSHA256 }) };
}

async function completeUpload(
  { client, sdk, bucket }: S3Connection,
  { key, request }: MultipartOptions,
  id: string,
  Parts: CompletedPart[],
): Promise<void> {
  await client.send(
    new sdk.CompleteMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: id, MultipartUpload: { Parts } }),
    request,
  );
}

/** Returns true where the object is there with the digest and type that it should have: an upload that others began may have had others. */
async function hasOwnHeaders(
  { client, sdk, bucket }: S3Connection,
  { key, headers, object, request }: MultipartOptions,
): Promise<boolean> {
  try {
    const found = await client.send(new sdk.HeadObjectCommand({ Bucket: bucket, Key: key }), request);
    const isSame = found.Metadata?.sha256 === object.sha256 && found.ContentLength === object.size;
    return isSame && found.ContentType === headers.ContentType && found.CacheControl === headers.CacheControl;
  } catch (error) {
    if (s3StatusOf(error) === 404) return false;
    throw error;
  }
}

/** Refuses bytes that are not those that were announced. @throws RegistryError `corrupt` */
export function requireDigest({ key, sha256 }: NewObject, got: string): void {
  if (got !== sha256)
    throw new RegistryError('corrupt', `${key} should have the SHA-256 ${sha256}, and its bytes have ${got}`, {
      hint: 'fetch, or save, the image again',
    });
}

/** Returns an ETag without its quotes: the MD5 of what was sent at once, where it is not encrypted by a key of KMS. */
export function bareEtag(etag: string): string {
  return etag.replace(/^"|"$/g, '');
}

/** Returns true for the hexadecimal digits of an MD5. */
export function isMd5(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text);
}

function partSize(size: number): number {
  const needed = Math.ceil(size / mostParts);
  return Math.max(leastPart, Math.ceil(needed / (1 << 20)) * (1 << 20));
}

function isGone(error: unknown): boolean {
  return error instanceof Error && error.name === 'NoSuchUpload';
}
