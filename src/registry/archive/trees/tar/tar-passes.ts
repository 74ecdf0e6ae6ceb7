import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { RegistryError } from '../../../registry-error.js';
import type { ArchiveBytes } from '../archive-bytes.js';
import { gzipMagic, zstdMagic } from '../layer-magic.js';
import { type PackedLayer, packLayer } from '../packed-layer.js';

/** Bytes that can be produced again and again, each time from the first on: the output of a program. */
export interface TarProducer {
  /** @throws RegistryError where it can't begin; the stream fails when it ends badly */
  open(): Readable;
}

/** Milliseconds that a pass waits for more readers: they begin at nearly the same time. */
const gathering = 50;
/** Bytes of a file's beginning that are kept: what tells its kind. Smaller files are kept whole, up to so many bytes of all. */
const keptOfEach = 64 << 10;
const keptWhole = 1 << 20;
const keptOfAll = 64 << 20;
/** Bytes of packed layers that are kept, of all: what is larger is packed once more when it is sent. */
const packedOfAll = 128 << 20;

/** First pass over the bytes of a producer, and what it has kept, by place. */
export interface FirstPass extends ArchiveBytes {
  readonly kept: ReadonlyMap<number, Buffer>;
  /** Layers that were packed as they went by. */
  readonly packed: ReadonlyMap<number, PackedLayer>;
  /** Reads to the end, so that the producer ends well. */
  drain(): Promise<void>;
}

/** Reads the bytes of a producer once from the first on, skipping what is not asked for, and keeps small parts of that. */
export function firstPass(producer: TarProducer): FirstPass {
  const cursor = new Cursor(producer.open());
  const kept = new Map<number, Buffer>();
  const packed = new Map<number, PackedLayer>();
  let bytesKept = 0;
  let room = packedOfAll;
  return {
    kept,
    packed,
    size: Number.MAX_SAFE_INTEGER, // Known at the end; a file that is cut shows at the next header.
    async read(offset, length) {
      const gap = offset - cursor.at;
      if (gap > 0) {
        const from = cursor.at;
        const head = await cursor.take(Math.min(gap, bytesKept < keptOfAll && gap <= keptWhole ? gap : keptOfEach));
        kept.set(from, head);
        bytesKept += head.length;
        await cursor.skip(offset - cursor.at);
      }
      return cursor.take(length);
    },
    async file(path, offset, size) {
      if (!path.endsWith('.tar') || size <= keptWhole || cursor.at !== offset) return;
      const head = await cursor.take(keptOfEach);
      kept.set(offset, head);
      if (head.subarray(0, 2).equals(gzipMagic) || head.subarray(0, 4).equals(zstdMagic)) return;
      const layer = await packLayer(cursor.pieces(head, offset + size), room);
      packed.set(offset, layer);
      if (layer.chunks !== undefined) room -= layer.size;
    },
    drain: () => cursor.skip(Number.MAX_SAFE_INTEGER),
    async close() {
      cursor.close();
    },
  };
}

interface Ticket {
  readonly offset: number;
  left: number;
  /** The reader waits for bytes; `undefined` ends it. */
  demand: ((chunk: Buffer | undefined) => void) | undefined;
  fail(error: unknown): void;
  cancelled: boolean;
  /** Called when the reader asks again, or has gone. */
  wake: () => void;
}

/**
 * Passes over the bytes of a producer, each for all readers that wait: they are served in the order of their places. One
 * that asks for what has gone by waits for the next pass.
 */
export class TarPasses {
  readonly #producer: TarProducer;
  readonly #waiting = new Set<Ticket>();
  #running = false;
  #closed = false;
  #cursor: Cursor | undefined;

  readonly #name: string;

  /** @param name for errors */
  constructor(producer: TarProducer, name: string) {
    this.#producer = producer;
    this.#name = name;
  }

  /** Streams bytes from a place. */
  stream(offset: number, length: number): Readable {
    const ticket: Ticket = {
      offset,
      left: length,
      demand: undefined,
      fail: (error) => reader.destroy(error instanceof Error ? error : new Error(String(error))),
      cancelled: false,
      wake: () => {},
    };
    let isKnown = false;
    const reader = new Readable({
      read: () => {
        ticket.demand = (chunk) => {
          ticket.demand = undefined;
          reader.push(chunk ?? null);
        };
        if (isKnown) return ticket.wake();
        isKnown = true;
        this.#waiting.add(ticket);
        void this.#run();
      },
      destroy: (error, done) => {
        ticket.cancelled = true;
        this.#waiting.delete(ticket);
        ticket.wake();
        done(error);
      },
    });
    return reader;
  }

  close(): void {
    this.#closed = true;
    this.#cursor?.close();
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      await sleep(gathering);
      while (this.#waiting.size > 0 && !this.#closed) await this.#pass();
    } finally {
      this.#running = false;
    }
  }

  async #pass(): Promise<void> {
    let serving: Ticket | undefined;
    try {
      const cursor = new Cursor(this.#producer.open());
      this.#cursor = cursor;
      try {
        for (let next = this.#nextFrom(0); next !== undefined; next = this.#nextFrom(cursor.at)) {
          if (next.offset > cursor.at) {
            // Another may come for what lies before it: a piece at a time.
            if ((await cursor.skipPiece(next.offset - cursor.at)) === 0) throw endedEarly(this.#name, cursor.at);
            continue;
          }
          this.#waiting.delete(next);
          serving = next;
          await serve(next, cursor, this.#name);
          serving = undefined;
        }
      } finally {
        cursor.close();
      }
    } catch (error) {
      const failed = [...(serving === undefined ? [] : [serving]), ...this.#waiting];
      this.#waiting.clear();
      for (const ticket of failed) ticket.fail(error);
    }
  }

  #nextFrom(at: number): Ticket | undefined {
    let first: Ticket | undefined;
    for (const ticket of this.#waiting)
      if (ticket.offset >= at && (first === undefined || ticket.offset < first.offset)) first = ticket;
    return first;
  }
}

async function serve(ticket: Ticket, cursor: Cursor, name: string): Promise<void> {
  while (!ticket.cancelled) {
    if (ticket.demand === undefined) {
      await new Promise<void>((resolve) => {
        ticket.wake = resolve;
      });
      continue;
    }
    if (ticket.left === 0) return ticket.demand(undefined);
    const chunk = await cursor.piece(ticket.left);
    if (chunk.length === 0) throw endedEarly(name, cursor.at);
    ticket.left -= chunk.length;
    ticket.demand?.(chunk);
  }
}

function endedEarly(name: string, at: number): RegistryError {
  return new RegistryError('corrupt', `${name}: it ended after ${at} bytes, and was longer before`, {
    hint: 'run the command again, once nothing changes the image',
  });
}

/** Place in a stream that is read from the first byte on. */
class Cursor {
  at = 0;
  #rest: Buffer = Buffer.alloc(0);
  readonly #stream: Readable;
  readonly #chunks: AsyncIterator<Buffer>;

  constructor(stream: Readable) {
    this.#stream = stream;
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  /** Reads some bytes, as many as have come, at most `most`; none at the end. */
  async piece(most: number): Promise<Buffer> {
    if (this.#rest.length === 0) {
      const next = await this.#chunks.next();
      if (next.done === true) return this.#rest;
      this.#rest = next.value;
    }
    const piece = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(piece.length);
    this.at += piece.length;
    return piece;
  }

  /** Reads so many bytes; fewer only at the end. */
  async take(length: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for (let left = length; left > 0; ) {
      const piece = await this.piece(left);
      if (piece.length === 0) break;
      pieces.push(piece);
      left -= piece.length;
    }
    return pieces.length === 1 && pieces[0] !== undefined ? Buffer.from(pieces[0]) : Buffer.concat(pieces);
  }

  /** Reads on to a place, after bytes that were taken already. */
  async *pieces(head: Buffer, end: number): AsyncGenerator<Buffer> {
    yield head;
    while (this.at < end) {
      const piece = await this.piece(end - this.at);
      if (piece.length === 0) return; // The next header is missing, too: that is told.
      yield piece;
    }
  }

  async skip(length: number): Promise<void> {
    for (let left = length; left > 0; ) {
      const skipped = await this.skipPiece(left);
      if (skipped === 0) return;
      left -= skipped;
    }
  }

  async skipPiece(most: number): Promise<number> {
    return (await this.piece(most)).length;
  }

  close(): void {
    this.#stream.destroy();
  }
}
