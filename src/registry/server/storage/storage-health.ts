import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { unlessMissing } from './files.js';
import { Layout } from './layout.js';

/** Milliseconds within which a storage answers: a share whose server is gone never does. */
const patience = 5000;

/** Look at the folder of the storage. While one hangs nobody waits for another: each would hold a thread. */
export class StorageHealth {
  #look: Promise<string | undefined> | undefined;

  readonly #folder: string;
  /** Folders in it that may belong to another user, as after a command that root ran. */
  readonly #inside: readonly string[];
  readonly #writes: boolean;

  /** @param writes false: a storage that can't be written to is as good */
  constructor(folder: string, writes: boolean) {
    const { contents, repositories } = new Layout(folder);
    this.#folder = folder;
    this.#inside = [contents, repositories];
    this.#writes = writes;
  }

  /** Returns what is wrong with the storage; undefined: nothing. */
  async problem(): Promise<string | undefined> {
    this.#look ??= this.#lookNow().finally(() => {
      this.#look = undefined;
    });
    const late = new AbortController();
    try {
      const silent = pause(patience, 'the storage does not answer', { signal: late.signal });
      silent.catch(() => {}); // It is aborted below.
      return await Promise.race([this.#look, silent]);
    } finally {
      late.abort();
    }
  }

  async #lookNow(): Promise<string | undefined> {
    try {
      const rights = constants.R_OK | constants.X_OK | (this.#writes ? constants.W_OK : 0);
      await access(this.#folder, rights);
      for (const inner of this.#inside) await unlessMissing(access(inner, rights));
      const { bavail } = await statfs(this.#folder);
      return this.#writes && bavail === 0 ? 'the storage is full' : undefined;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
      return `the storage can not be used${code}`;
    }
  }
}
