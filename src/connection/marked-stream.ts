import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';

/** A word that no output contains by chance, and that no script can know beforehand. */
export function newToken(): string {
  return `provision-${randomBytes(12).toString('hex')}`;
}

interface Reading {
  readonly token: Buffer;
  readonly onData: (chunk: Buffer) => void;
  readonly found: (mark: string | undefined) => void;
}

/** A stream that is read from mark to mark. A mark is a token, what it has to say, and a semicolon. */
export class MarkedStream {
  private pending: Buffer = Buffer.alloc(0);
  private ended = false;
  private reading: Reading | undefined;

  constructor(source: Readable) {
    source.on('data', (chunk: Buffer) => {
      this.pending = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk]);
      this.advance();
    });
    for (const event of ['end', 'close', 'error']) source.on(event, () => this.end());
  }

  /** Gives all bytes before the next mark, as they come, and then what the mark says; undefined when the stream ends first. */
  until(token: string, onData: (chunk: Buffer) => void = () => {}): Promise<string | undefined> {
    return new Promise((found) => {
      this.reading = { token: Buffer.from(token), onData, found };
      this.advance();
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
    const start = this.pending.indexOf(token);
    const end = start < 0 ? -1 : this.pending.indexOf(';', start + token.length);
    const data = this.pending.subarray(0, start < 0 ? this.pending.length - this.beginning(token) : start);
    const rest = this.pending.subarray(data.length);
    if (end >= 0) {
      this.pending = this.pending.subarray(end + 1);
      this.reading = undefined;
      if (data.length > 0) onData(data);
      found(rest.toString('latin1', token.length, end - start).trim());
      return;
    }
    this.pending = rest;
    if (data.length > 0) onData(data);
    if (!this.ended) return;
    this.reading = undefined;
    if (rest.length > 0) onData(rest);
    this.pending = Buffer.alloc(0);
    found(undefined);
  }

  /** How many bytes at the end may be the beginning of a token. */
  private beginning(token: Buffer): number {
    for (let length = Math.min(token.length - 1, this.pending.length); length > 0; length -= 1) {
      const tail = this.pending.subarray(this.pending.length - length);
      if (tail.equals(token.subarray(0, length))) return length;
    }
    return 0;
  }
}
