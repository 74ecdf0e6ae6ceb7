import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';

/** Returns a word that no output contains by chance, and that no script can know beforehand. */
export function newToken(): string {
  return `provision-${randomBytes(12).toString('hex')}`;
}

/** Most bytes of a mark; anything longer was not printed by a script of ours. */
const longestMark = 64;
/** Most bytes that wait while nobody reads: then the host waits. */
const mostWaiting = 1024 * 1024;

interface MarkReader {
  readonly token: Buffer;
  readonly onData: (chunk: Buffer) => void;
  readonly found: (mark: string | undefined) => void;
}

/**
 * Stream that is read from mark to mark. A mark is a token, a text, and a semicolon. No more of the stream is held than a
 * mark may be long, and each byte is looked at once or twice.
 */
export class MarkedStream {
  readonly #source: Readable;
  #waiting: Buffer[] = [];
  #size = 0;
  #hasEnded = false;
  #reader: MarkReader | undefined;

  constructor(source: Readable) {
    this.#source = source;
    source.on('data', (chunk: Buffer) => {
      this.#waiting.push(chunk);
      this.#size += chunk.length;
      this.#advance();
      if (this.#size > mostWaiting) source.pause();
    });
    for (const event of ['end', 'close', 'error']) source.on(event, () => this.end());
  }

  /** Passes on all bytes before the next mark as they come. Returns the mark's text; undefined when the stream ends first. */
  until(token: string, onData: (chunk: Buffer) => void = () => {}): Promise<string | undefined> {
    return new Promise((found) => {
      this.#reader = { token: Buffer.from(token), onData, found };
      this.#advance();
      if (this.#source.isPaused()) this.#source.resume();
    });
  }

  /** Ends the stream here: nothing more will come. */
  end(): void {
    this.#hasEnded = true;
    this.#advance();
  }

  #advance(): void {
    if (this.#reader === undefined) return;
    const { token, onData, found } = this.#reader;
    const [first] = this.#waiting;
    const all = this.#waiting.length === 1 && first !== undefined ? first : Buffer.concat(this.#waiting);
    const mark = findMark(all, token);
    const data = all.subarray(0, mark.start);
    const rest = all.subarray(mark.text === undefined ? mark.start : mark.end);
    this.#keep(this.#hasEnded && mark.text === undefined ? Buffer.alloc(0) : rest);
    if (mark.text !== undefined || this.#hasEnded) this.#reader = undefined;
    if (data.length > 0) onData(data);
    if (mark.text !== undefined) found(mark.text);
    else if (this.#hasEnded) {
      if (rest.length > 0) onData(rest);
      found(undefined);
    }
  }

  #keep(rest: Buffer): void {
    this.#waiting = rest.length > 0 ? [rest] : [];
    this.#size = rest.length;
  }
}

/** Finds the first mark. Without `text`, the one that may begin at `start` has not arrived in full yet. */
function findMark(all: Buffer, token: Buffer): { start: number; end: number; text?: string } {
  for (let from = 0; ; ) {
    const start = all.indexOf(token, from);
    if (start < 0) return { start: all.length - partialLength(all.subarray(from), token), end: all.length };
    const text = start + token.length;
    const end = all.subarray(text, text + longestMark).indexOf(';');
    if (end >= 0) return { start, end: text + end + 1, text: all.toString('latin1', text, text + end).trim() };
    if (all.length < text + longestMark) return { start, end: all.length };
    from = text; // The token alone, printed by something that has learnt it: no mark.
  }
}

/** Counts the bytes at the end that may be the beginning of a token. */
function partialLength(all: Buffer, token: Buffer): number {
  for (let length = Math.min(token.length - 1, all.length); length > 0; length -= 1) {
    if (all.subarray(all.length - length).equals(token.subarray(0, length))) return length;
  }
  return 0;
}
