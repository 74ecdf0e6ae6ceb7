import type { FileHandle } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { withBlocks } from './blocks.js';
import { recordBytes } from './garbage.js';

/**
 * Writes the body of a request into a file from `at` on; `seen` is called with each piece in order. One block is filled while
 * the other is written, and no more is in memory: the client waits when the disk does. A connection that is lost ends it
 * with what came until then.
 */
export function receive(
  request: IncomingMessage,
  file: FileHandle,
  at: number,
  seen: (piece: Buffer) => void,
): Promise<ReceivedBody> {
  return withBlocks((blocks) => receiveInBlocks(request, file, at, seen, blocks));
}

interface ReceivedBody {
  readonly bytes: number;
  readonly whole: boolean;
}

async function receiveInBlocks(
  request: IncomingMessage,
  file: FileHandle,
  at: number,
  seen: (piece: Buffer) => void,
  [block, other]: [Buffer, Buffer],
): Promise<ReceivedBody> {
  let filled = 0;
  let written = 0;
  let underWay: Promise<void> = Promise.resolve();
  const flush = async () => {
    await underWay;
    underWay = writeAll(file, block.subarray(0, filled), at + written);
    underWay.catch(() => {}); // It is awaited before the next and at the end.
    written += filled;
    filled = 0;
    [block, other] = [other, block];
  };
  const whole = await eachPiece(request, async (piece) => {
    seen(piece);
    for (let taken = 0; taken < piece.length; ) {
      const copied = piece.copy(block, filled, taken);
      taken += copied;
      filled += copied;
      if (filled === block.length) await flush();
    }
    recordBytes(piece.length);
  });
  if (filled > 0) await flush();
  await underWay;
  return { bytes: written, whole };
}

/**
 * Does something with each piece of a body. False when the connection was lost before all of it came. Where the work
 * fails the rest is thrown away as it comes: the client reads the answer when it has sent all, and goes on with the
 * same connection.
 */
export async function eachPiece(
  request: IncomingMessage,
  work: (piece: Buffer) => Promise<void> | void,
): Promise<boolean> {
  const pieces = request[Symbol.asyncIterator]();
  while (true) {
    let next: IteratorResult<Buffer>;
    try {
      next = await pieces.next();
    } catch {
      return false; // The only error of a request's body is that its connection was lost.
    }
    if (next.done) return request.complete;
    try {
      await work(next.value);
    } catch (error) {
      request.removeAllListeners('readable').resume();
      throw error;
    }
  }
}

/** Writes bytes into a file at an offset. */
export async function writeAll(file: FileHandle, bytes: Buffer, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, at + done);
    done += bytesWritten;
  }
}

/**
 * Reads the body of a request into memory, or returns why not: it has more than `most` bytes, or the connection was
 * lost.
 */
export async function readBody(request: IncomingMessage, most: number): Promise<Buffer | 'too long' | 'cut'> {
  if (Number(request.headers['content-length'] ?? 0) > most) return 'too long';
  const pieces: Buffer[] = [];
  let size = 0;
  const whole = await eachPiece(request, (piece) => {
    size += piece.length;
    if (size <= most) pieces.push(piece);
  });
  if (size > most) return 'too long';
  return whole ? Buffer.concat(pieces) : 'cut';
}
