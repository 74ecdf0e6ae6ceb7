import type { FileHandle } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';

/** What is written at once; while it is, as much is read ahead at most. */
const batchSize = 1 << 20;

/**
 * Writes the body of a request into a file from `at` on, `seen` is told each piece in order. Not more than two batches
 * are in memory: the client waits when the disk does. A connection that is lost ends it with what came until then.
 */
export async function receive(
  request: IncomingMessage,
  file: FileHandle,
  at: number,
  seen: (chunk: Buffer) => void,
): Promise<{ readonly bytes: number; readonly whole: boolean }> {
  let batch: Buffer[] = [];
  let size = 0;
  let bytes = 0;
  let underWay: Promise<void> = Promise.resolve();
  const flush = async () => {
    await underWay;
    if (size === 0) return;
    underWay = writeAll(file, batch, size, at + bytes);
    underWay.catch(() => {}); // It is awaited before the next batch and at the end.
    bytes += size;
    batch = [];
    size = 0;
  };
  let whole = true;
  const chunks = request[Symbol.asyncIterator]();
  while (true) {
    let next: IteratorResult<Buffer>;
    try {
      next = await chunks.next();
    } catch {
      whole = false; // The only error of a request's body is that its connection was lost.
      break;
    }
    if (next.done) break;
    seen(next.value);
    batch.push(next.value);
    size += next.value.length;
    if (size >= batchSize) await flush();
  }
  await flush();
  await underWay;
  return { bytes, whole: whole && request.complete };
}

async function writeAll(file: FileHandle, batch: readonly Buffer[], size: number, at: number): Promise<void> {
  const { bytesWritten } = await file.writev(batch, at);
  if (bytesWritten !== size) throw new Error(`the storage took ${bytesWritten} of ${size} bytes`);
}
