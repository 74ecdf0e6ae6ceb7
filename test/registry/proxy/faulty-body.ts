import { setTimeout as pause } from 'node:timers/promises';
import type { FaultAction } from './faults.js';

/** Why a body ended before its end: the connection is to be ended too. */
export class Cut extends Error {
  override readonly name = 'Cut';
}

/** A body on its way to the client, with the fault in it. `size` where it is known. */
export async function* faultyAnswer(
  body: AsyncIterable<Buffer>,
  fault: FaultAction | undefined,
  size: number | undefined,
): AsyncGenerator<Buffer> {
  switch (fault?.what) {
    case 'cut-response':
      yield* first(body, fault.after);
      throw new Cut();
    case 'stall':
      yield* first(body, fault.after);
      await pause(fault.forMs, undefined, { ref: false });
      throw new Cut();
    case 'truncated':
      yield* first(body, Math.max(0, (size ?? fault.by) - fault.by));
      return;
    case 'wrong-bytes':
      yield* flipped(body, Math.floor((size ?? 0) / 2));
      return;
    case 'trickle':
      yield* trickled(body, fault);
      return;
    default:
      yield* body;
  }
}

/** A body on its way to the registry, with the fault in it. */
export async function* faultyRequest(
  body: AsyncIterable<Buffer>,
  fault: FaultAction | undefined,
  size: number | undefined,
): AsyncGenerator<Buffer> {
  switch (fault?.what) {
    case 'cut-request':
      yield* first(body, fault.after);
      throw new Cut();
    case 'wrong-request-bytes':
      yield* flipped(body, Math.floor((size ?? 0) / 2));
      return;
    default:
      yield* body;
  }
}

async function* first(body: AsyncIterable<Buffer>, count: number): AsyncGenerator<Buffer> {
  let left = count;
  for await (const piece of body) {
    if (left <= 0) return;
    yield piece.subarray(0, left);
    left -= piece.length;
  }
}

async function* flipped(body: AsyncIterable<Buffer>, position: number): AsyncGenerator<Buffer> {
  let start = 0;
  for await (const piece of body) {
    const at = position - start;
    start += piece.length;
    if (at < 0 || at >= piece.length) {
      yield piece;
      continue;
    }
    const copy = Buffer.from(piece);
    copy[at] = (copy[at] ?? 0) ^ 1;
    yield copy;
  }
}

async function* trickled(
  body: AsyncIterable<Buffer>,
  { bytes, everyMs, forMs }: { readonly bytes: number; readonly everyMs: number; readonly forMs: number },
): AsyncGenerator<Buffer> {
  const ends = Date.now() + forMs;
  for await (const piece of body) {
    for (let at = 0; at < piece.length; at += bytes) {
      if (Date.now() > ends) throw new Cut();
      yield piece.subarray(at, at + bytes);
      await pause(everyMs, undefined, { ref: false });
    }
  }
}
