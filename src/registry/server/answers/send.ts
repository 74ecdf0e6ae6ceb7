import type { IncomingMessage, ServerResponse } from 'node:http';
import { StorageError } from '../storage/files.js';
import { withBlocks } from '../uploads/blocks.js';
import { CutSource, type FilePart, type ServerAnswer } from './answer.js';

/**
 * Sends an answer. Resolves when all of it was handed to the connection, also when that was lost on the way.
 * @returns bytes of the body that were sent
 */
export async function send(request: IncomingMessage, response: ServerResponse, answer: ServerAnswer): Promise<number> {
  const { status, headers = {}, body } = answer;
  const length = body?.length ?? 0;
  response.statusCode = status;
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) response.setHeader(name, value);
  }
  if (status !== 204 && status !== 304 && !('Content-Length' in headers)) response.setHeader('Content-Length', length);
  if (body === undefined || !('file' in body)) {
    const whole = request.method === 'HEAD' || length === 0 ? undefined : body;
    response.end(whole);
    return whole?.length ?? 0;
  }
  try {
    if (body.grown !== undefined) response.flushHeaders(); // Its first byte may take long.
    if (request.method === 'HEAD') response.end();
    else if (length > smallPart || body.grown !== undefined) await sendFile(response, body);
    else response.end(await readPart(body));
    return request.method === 'HEAD' ? 0 : length;
  } catch (error) {
    response.destroy(); // The length is announced: that the connection ends too soon is all that can be said now.
    if (error instanceof LostConnection || error instanceof CutSource) return 0;
    throw error;
  } finally {
    await body.file.close();
  }
}

class LostConnection extends Error {}

/** Bytes up to which a part of a file is read at once, and sent with the head of its answer. */
const smallPart = 64 * 1024;

async function readPart({ file, start, length }: FilePart): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  for (let filled = 0; filled < length; ) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, start + filled);
    if (bytesRead === 0) throw endedTooSoon(length - filled);
    filled += bytesRead;
  }
  return bytes;
}

function endedTooSoon(missing: number): StorageError {
  return new StorageError(`a file ended ${missing} bytes too soon`);
}

/** Reads a block while the one before is on its way. */
function sendFile(response: ServerResponse, part: FilePart): Promise<void> {
  return withBlocks((blocks) => sendInBlocks(response, part, blocks));
}

async function sendInBlocks(
  response: ServerResponse,
  { file, start, length, grown }: FilePart,
  [block, other]: [Buffer, Buffer],
): Promise<void> {
  let underWay: Promise<void> = Promise.resolve();
  for (let sent = 0; sent < length; ) {
    const end = Math.min(start + length, (await grown?.(start + sent)) ?? Number.POSITIVE_INFINITY);
    const { bytesRead } = await file.read(block, 0, Math.min(block.length, end - start - sent), start + sent);
    await underWay;
    if (bytesRead === 0) throw endedTooSoon(length - sent);
    underWay = writeChunk(response, block.subarray(0, bytesRead));
    underWay.catch(() => {}); // It is awaited before the next; a read that fails meanwhile is reported first.
    [block, other] = [other, block];
    sent += bytesRead;
  }
  await underWay;
  response.end();
}

function writeChunk(response: ServerResponse, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    if (response.destroyed || response.closed) {
      reject(new LostConnection());
      return;
    }
    const lost = () => reject(new LostConnection());
    response.once('close', lost);
    response.write(bytes, (error) => {
      response.off('close', lost);
      if (error) reject(new LostConnection());
      else resolve();
    });
  });
}
