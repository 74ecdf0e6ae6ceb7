import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';

/** A word that no output contains by chance, and that no script can know beforehand. */
export function newToken(): string {
  return `provision-${randomBytes(12).toString('hex')}`;
}

/** Bytes that a mark may say; what is longer was not said by a script of ours. */
const longestMark = 64;
/** Bytes that wait at most while nobody reads: then the host waits. */
const mostWaiting = 1024 * 1024;

interface Reading {
  readonly token: Buffer;
  readonly onData: (chunk: Buffer) => void;
  readonly found: (mark: string | undefined) => void;
}

/**
 * A stream that is read from mark to mark. A mark is a token, what it has to say, and a semicolon. While it is read, no
 * more of it is kept than a mark may be long, and each byte is looked at once or twice.
 */
export class MarkedStream {
  private waiting: Buffer[] = [];
  private size = 0;
  private ended = false;
  private reading: Reading | undefined;

  constructor(private readonly source: Readable) {
    source.on('data', (chunk: Buffer) => {
      this.waiting.push(chunk);
      this.size += chunk.length;
      this.advance();
      if (this.size > mostWaiting) source.pause();
    });
    for (const event of ['end', 'close', 'error']) source.on(event, () => this.end());
  }

  /** Gives all bytes before the next mark, as they come, and then what the mark says; undefined when the stream ends first. */
  until(token: string, onData: (chunk: Buffer) => void = () => {}): Promise<string | undefined> {
    return new Promise((found) => {
      this.reading = { token: Buffer.from(token), onData, found };
      this.advance();
      if (this.source.isPaused()) this.source.resume();
    });
  }

  /** Nothing more will come. */
  end(): void {
    this.ended = true;
    this.advance();
  }

  private advance(): void {
    if (this.reading === undefined) return;
    const { token, onData, found } = this.reading;
    const [first] = this.waiting;
    const all = this.waiting.length === 1 && first !== undefined ? first : Buffer.concat(this.waiting);
    const mark = markIn(all, token);
    const data = all.subarray(0, mark.start);
    const rest = all.subarray(mark.says === undefined ? mark.start : mark.end);
    this.keep(this.ended && mark.says === undefined ? Buffer.alloc(0) : rest);
    if (mark.says !== undefined || this.ended) this.reading = undefined;
    if (data.length > 0) onData(data);
    if (mark.says !== undefined) found(mark.says);
    else if (this.ended) {
      if (rest.length > 0) onData(rest);
      found(undefined);
    }
  }

  private keep(rest: Buffer): void {
    this.waiting = rest.length > 0 ? [rest] : [];
    this.size = rest.length;
  }
}

/** The first mark in what has come. Without `says`: the one that may begin at `start` has not come whole yet. */
function markIn(all: Buffer, token: Buffer): { start: number; end: number; says?: string } {
  for (let from = 0; ; ) {
    const start = all.indexOf(token, from);
    if (start < 0) return { start: all.length - beginning(all.subarray(from), token), end: all.length };
    const text = start + token.length;
    const end = all.subarray(text, text + longestMark).indexOf(';');
    if (end >= 0) return { start, end: text + end + 1, says: all.toString('latin1', text, text + end).trim() };
    if (all.length < text + longestMark) return { start, end: all.length };
    from = text; // The word alone, by whoever has learnt it: no mark.
  }
}

/** Counts the bytes at the end that may be the beginning of a token. */
function beginning(all: Buffer, token: Buffer): number {
  for (let length = Math.min(token.length - 1, all.length); length > 0; length -= 1) {
    if (all.subarray(all.length - length).equals(token.subarray(0, length))) return length;
  }
  return 0;
}
