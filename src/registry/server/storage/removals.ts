import { removeInTurn } from './within-storage.js';

/**
 * Removal of folders that were moved aside, after the answer: whoever deleted a manifest with thirty thousand tags
 * doesn't wait for their files. What is left at the end of the server is purged like an upload that was given up.
 */
export class Removals {
  #under: Promise<void> = Promise.resolve();
  readonly #stop = new AbortController();
  readonly #complain: (message: string) => void;

  constructor(complain: (message: string) => void) {
    this.#complain = complain;
  }

  /** Removes a folder when those before it are removed. */
  add(folder: string): void {
    this.#under = this.#under.then(() => this.#remove(folder));
  }

  /** Ends after the file that is being removed. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#under;
  }

  async #remove(folder: string): Promise<void> {
    try {
      await removeInTurn(folder, this.#stop.signal);
    } catch (error) {
      this.#complain(`${folder}, which was deleted, could not be removed: ${String(error)}`); // It is purged later.
    }
  }
}
