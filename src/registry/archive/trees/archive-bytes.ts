import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { RegistryError } from '../../registry-error.js';

/** The bytes of an archive, had by place: a file, or the parts of one in order. */
export interface ArchiveBytes {
  readonly size: number;
  /** Reads so many bytes from a place; fewer only at the end. */
  read(offset: number, length: number): Promise<Buffer>;
  /** Called for a file before what follows it is read. */
  file?(path: string, offset: number, size: number): Promise<void>;
  close(): Promise<void>;
}

const chunkSize = 256 * 1024;

/** Opens the bytes of a file. */
export async function fileBytes(path: string): Promise<ArchiveBytes> {
  const file = await open(path, 'r');
  const { size } = await file.stat();
  return {
    size,
    async read(offset, length) {
      const buffer = Buffer.allocUnsafe(length);
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await file.read(buffer, filled, length - filled, offset + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return buffer.subarray(0, filled);
    },
    close: () => file.close(),
  };
}

/** Joins several one after the other. */
export function joinBytes(parts: readonly ArchiveBytes[]): ArchiveBytes {
  return {
    size: parts.reduce((sum, part) => sum + part.size, 0),
    async read(offset, length) {
      const pieces: Buffer[] = [];
      let start = 0;
      for (const part of parts) {
        const from = Math.max(offset, start) - start;
        const to = Math.min(offset + length, start + part.size) - start;
        if (to > from) pieces.push(await part.read(from, to - from));
        start += part.size;
      }
      return Buffer.concat(pieces);
    },
    async close() {
      await Promise.all(parts.map((part) => part.close()));
    },
  };
}

/** Streams so many bytes from a place. Fails with `corrupt` when the archive ends before. */
export function bytesStream(bytes: ArchiveBytes, offset: number, length: number, name: string): Readable {
  return Readable.from(pieces(bytes, offset, length, name), { objectMode: false, highWaterMark: chunkSize });
}

async function* pieces(bytes: ArchiveBytes, offset: number, length: number, name: string) {
  for (let at = 0; at < length; ) {
    const piece = await bytes.read(offset + at, Math.min(chunkSize, length - at));
    if (piece.length === 0)
      throw new RegistryError('corrupt', `${name} ended after ${at} of ${length} bytes: it was cut while it was read`);
    at += piece.length;
    yield piece;
  }
}
