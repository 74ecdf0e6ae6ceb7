import { type FileHandle, mkdir, open, readdir, rm } from 'node:fs/promises';
import { writeWhole } from '../storage/files.js';
import { readPlain } from '../storage/plain-file.js';
import { readPart, wholeLines } from './event-lines.js';

/** Bytes after which a further file is begun: those that were delivered are deleted as a whole. */
const segmentSize = 1 << 20;

/** Bytes that are read for a batch at most. */
const mostRead = 256 << 10;

/** Events that wait for their endpoint, in their order, and how many bytes of the queue they take. */
export interface EventBatch {
  readonly events: readonly string[];
  readonly bytes: number;
}

interface Waiting {
  readonly line: Buffer;
  readonly written: () => void;
}

/**
 * Queue of events in files, a line each. What was added is there after the process was killed; what was delivered is
 * given out again if the process ends before that is recorded.
 */
export class EventQueue {
  /** Events that wait, and the bytes that they take. */
  pending = { events: 0, bytes: 0 };
  /** Events for which there was no room. */
  dropped = 0;

  #position = { segment: 0, offset: 0 };
  #current = 0;
  #size = 0;
  #file: FileHandle | undefined;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;

  readonly #folder: string;
  readonly #most: number;

  private constructor(folder: string, most: number) {
    this.#folder = folder;
    this.#most = most;
  }

  /** Opens the queue in a folder, which is made where it isn't there. @param most bytes that may wait */
  static async open(folder: string, most: number): Promise<EventQueue> {
    await mkdir(folder, { recursive: true });
    const queue = new EventQueue(folder, most);
    await queue.#find();
    return queue;
  }

  /** Adds an event, a line of JSON. Resolves when it is in the file, or was dropped since too much waits. */
  async add(event: string): Promise<void> {
    const line = Buffer.from(`${event}\n`);
    if (this.pending.bytes + line.length > this.#most) {
      this.dropped += 1;
      return;
    }
    this.pending = { events: this.pending.events + 1, bytes: this.pending.bytes + line.length };
    const written = new Promise<void>((resolve) => this.#waiting.push({ line, written: resolve }));
    await this.flush();
    await written;
  }

  /** Writes what was added. @throws Error of the system; what could not be written is tried again with the next event */
  async flush(): Promise<void> {
    if (this.#waiting.length === 0 && this.#writing === undefined) return;
    this.#writing ??= this.#writeAll();
    await this.#writing;
  }

  /** Returns the oldest events that are in the file; undefined where there are none. */
  async next(most: number): Promise<EventBatch | undefined> {
    while (true) {
      const { segment, offset } = this.#position;
      const bytes = await readPart(this.#path(segment), offset, mostRead);
      const lines = wholeLines(bytes, most);
      if (lines.length > 0) {
        const events = lines.map((line) => line.toString('utf8'));
        return { events, bytes: lines.reduce((sum, { length }) => sum + length + 1, 0) };
      }
      if (segment >= this.#current) return undefined;
      // Behind the last whole line of a file that is done with there is at most half a one, of a machine that died.
      await this.#goTo({ segment: segment + 1, offset: 0 });
    }
  }

  /** Records that a batch was delivered. */
  async done({ events, bytes }: EventBatch): Promise<void> {
    const { segment, offset } = this.#position;
    this.pending = { events: this.pending.events - events.length, bytes: this.pending.bytes - bytes };
    await this.#goTo({ segment, offset: offset + bytes });
  }

  async close(): Promise<void> {
    await this.flush();
    await this.#file?.close();
    this.#file = undefined;
  }

  async #writeAll(): Promise<void> {
    try {
      await this.#writeWaiting();
    } finally {
      this.#writing = undefined;
    }
  }

  async #writeWaiting(): Promise<void> {
    while (this.#waiting.length > 0) {
      if (this.#file === undefined || this.#size >= segmentSize) await this.#beginSegment();
      const some = this.#waiting;
      this.#waiting = [];
      try {
        const bytes = Buffer.concat(some.map(({ line }) => line));
        await this.#file?.appendFile(bytes);
        this.#size += bytes.length;
      } catch (error) {
        this.#waiting = [...some, ...this.#waiting];
        await this.#file?.close();
        this.#file = undefined; // Half of a line may be in it: what follows goes into another.
        throw error;
      }
      for (const { written } of some) written();
    }
  }

  async #beginSegment(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
    this.#file = await open(this.#path(this.#current + 1), 'a', 0o600);
    this.#current += 1;
    this.#size = 0;
  }

  async #goTo(position: { readonly segment: number; readonly offset: number }): Promise<void> {
    const before = this.#position.segment;
    this.#position = position;
    await writeWhole(`${this.#folder}/position`, `${JSON.stringify(position)}\n`);
    for (let segment = before; segment < position.segment; segment += 1) await rm(this.#path(segment), { force: true });
  }

  async #find(): Promise<void> {
    const names = await readdir(this.#folder);
    const segments = names.flatMap((name) => (/^\d{12}\.jsonl$/.test(name) ? [Number.parseInt(name, 10)] : []));
    const text = (await readPlain(`${this.#folder}/position`, 200))?.toString('utf8') ?? '';
    const [, segment, offset] = /^\{"segment":(\d+),"offset":(\d+)\}\n$/.exec(text) ?? [];
    const position = {
      segment: Number(segment ?? (segments.length === 0 ? 1 : Math.min(...segments))),
      offset: Number(offset ?? 0),
    };
    this.#position = position;
    this.#current = Math.max(0, position.segment, ...segments);
    for (const each of segments.sort((a, b) => a - b)) {
      if (each < position.segment) await rm(this.#path(each), { force: true });
      else await this.#countSegment(each, each === position.segment ? position.offset : 0);
    }
  }

  async #countSegment(segment: number, from: number): Promise<void> {
    for (let offset = from; ; ) {
      const lines = wholeLines(await readPart(this.#path(segment), offset, mostRead), Number.POSITIVE_INFINITY);
      if (lines.length === 0) return;
      const bytes = lines.reduce((sum, { length }) => sum + length + 1, 0);
      this.pending = { events: this.pending.events + lines.length, bytes: this.pending.bytes + bytes };
      offset += bytes;
    }
  }

  #path(segment: number): string {
    return `${this.#folder}/${String(segment).padStart(12, '0')}.jsonl`;
  }
}
