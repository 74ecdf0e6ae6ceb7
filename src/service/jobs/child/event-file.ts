import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { printableJson } from '../../../diagnostics/printable-json.js';

/** Milliseconds after which what was written is flushed. */
const flushEvery = 1000;

/** File of a job's events, a JSON document a line. The number of a line, from 1, is the event's. */
export class EventFile {
  readonly #file: number;
  readonly #timer: NodeJS.Timeout;
  #isDirty = false;

  /** @throws Error of the system, `EEXIST` where the job has run already */
  constructor(path: string) {
    this.#file = openSync(path, 'ax', 0o600);
    this.#timer = setInterval(() => this.#flush(), flushEvery).unref();
  }

  add(event: object): void {
    const bytes = Buffer.from(`${printableJson(event)}\n`);
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#file, bytes, done);
    this.#isDirty = true;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#flush();
    closeSync(this.#file);
  }

  #flush(): void {
    if (!this.#isDirty) return;
    this.#isDirty = false;
    fsyncSync(this.#file);
  }
}
