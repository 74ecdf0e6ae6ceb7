import { createHash } from 'node:crypto';
import type { PublishedObject } from './publication.js';

/** Makes an object of bytes in memory. */
export function smallObject(
  object: Pick<PublishedObject, 'key' | 'stage' | 'contentType' | 'cacheControl' | 'isAddressed'>,
  content: Uint8Array,
): PublishedObject {
  const md5 = createHash('md5').update(content).digest('hex');
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { ...object, size: content.length, sha256, md5, content };
}

/** Returns the bytes of a value as JSON, with a line end. */
export function jsonBytes(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}
