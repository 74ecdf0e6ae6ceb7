import { BoundedMap } from '../bounded-map.js';

/** Folders that are remembered. */
const mostFolders = 10_000;

/**
 * Folders of the catalogue that can't be read. Each is reported once, until it can be read again or fails otherwise: the
 * catalogue is asked for every few seconds, and a log that is full of one folder hides the next.
 */
export class ClosedFolders {
  readonly #known = new BoundedMap<string, string>(mostFolders, () => 1);
  readonly #complain: (message: string) => void;

  constructor(complain: (message: string) => void) {
    this.#complain = complain;
  }

  /** Reports that a folder can't be read, unless it was known. */
  report(path: string, error: unknown): void {
    const why = String(error);
    if (this.#known.get(path) === why) return;
    this.#known.set(path, why);
    this.#complain(`${path} is left out: ${why}`);
  }

  /** Records that a folder could be read. */
  recordRead(path: string): void {
    this.#known.delete(path);
  }
}
