import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { reasonOf } from '../../diagnostics/reason.js';
import { RegistryError } from '../../registry/registry-error.js';
import { readPlain } from '../../registry/server/storage/plain-file.js';
import { findJsonFiles, type JsonFile } from './find-files.js';
import { readRedirect } from './read-redirect.js';
import type { Redirect } from './redirect.js';
import { noRedirects, type PlacedRedirect, type RedirectTables, tablesOf } from './redirect-tables.js';

/** Options of a {@link RedirectFolder}. */
export interface RedirectFolderOptions {
  readonly folder: string;
  /** Seconds between two looks at the folder. Default 60, as Crane had it. */
  readonly interval?: number;
  /** Receives a line about each file that is not served, once until the file changes. */
  readonly complain: (message: string) => void;
  /** Bytes of a file at most. Default 32 MiB. */
  readonly largestFile?: number;
  /** Files at most. Default 20,000. */
  readonly mostFiles?: number;
  /** Bytes of all files at most. Default 512 MiB. */
  readonly mostBytes?: number;
}

interface KnownFile {
  /** Properties of the file of which one changes with each change. */
  readonly stamp: string;
  /** False: it was read so shortly after a change that another would leave the same stamp. */
  readonly isSettled: boolean;
  readonly hash: string;
  readonly result: Redirect | { readonly wrong: string };
}

/** Milliseconds in which a storage may give two changes of a file the same time. */
const coarsest = 2000;

/** Seconds after which a file that has just changed, and is wrong, is looked at again: it may be half written. */
const soon = 2;

/**
 * Redirect files of a folder, looked at again from time to time. A look reads what has changed, also in place, and
 * replaces all tables at once; while the folder cannot be read, they stay.
 */
export class RedirectFolder {
  #tables: RedirectTables = noRedirects;
  #known: ReadonlyMap<string, KnownFile> = new Map();
  #told: ReadonlySet<string> = new Set();
  #timer: NodeJS.Timeout | undefined;
  #look: Promise<void> | undefined;
  #isClosed = false;
  /** Files that were parsed since the start. */
  parsed = 0;

  readonly #options: Required<RedirectFolderOptions>;

  constructor(options: RedirectFolderOptions) {
    this.#options = {
      interval: 60,
      largestFile: 32 << 20,
      mostFiles: 20_000,
      mostBytes: 512 << 20,
      ...options,
      folder: resolve(options.folder),
    };
  }

  /** Redirects that are served now. One request uses one of these, so that all of its answer is of one time. */
  get tables(): RedirectTables {
    return this.#tables;
  }

  /** Looks for the first time, and from then on at each interval. */
  async start(): Promise<void> {
    await this.reload();
  }

  /** Looks now. A look that is under way is waited for. */
  async reload(): Promise<void> {
    this.#look ??= this.#lookAtAll().finally(() => {
      this.#look = undefined;
    });
    await this.#look;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#look;
  }

  async #lookAtAll(): Promise<void> {
    clearTimeout(this.#timer);
    const told = new Set<string>();
    const tell = (line: string) => {
      told.add(line);
      if (!this.#told.has(line)) this.#options.complain(line);
    };
    let isHalfWritten = false;
    try {
      const { folder, mostFiles } = this.#options;
      const found = await findJsonFiles(folder, { files: mostFiles, folders: mostFiles, depth: 32 });
      for (const line of found.skipped) tell(line);
      const known = new Map<string, KnownFile>();
      const redirects: PlacedRedirect[] = [];
      let bytes = 0;
      for (const file of found.files) {
        bytes += Number(file.stats.size);
        if (bytes > this.#options.mostBytes) {
          tell(
            `${file.path}: the files have more than ${this.#options.mostBytes} bytes; those from here on are skipped`,
          );
          break;
        }
        const each = await this.#read(file, this.#known.get(file.path));
        known.set(file.path, each);
        if ('wrong' in each.result) {
          tell(each.result.wrong);
          isHalfWritten ||= !each.isSettled;
        } else redirects.push({ path: file.path, redirect: each.result });
      }
      const tables = tablesOf(redirects, (first, second) =>
        tell(`${second.path}: ${first.path} has the repository ${first.redirect.name} too, and is the one that counts`),
      );
      this.#known = known;
      this.#tables = tables;
    } catch (error) {
      tell(`${this.#options.folder}: ${reasonOf(error)}; what was read before is served`);
      for (const line of this.#told) told.add(line);
    }
    this.#told = told;
    if (this.#isClosed) return;
    const { interval } = this.#options;
    const seconds = isHalfWritten ? Math.min(soon, interval) : interval;
    this.#timer = setTimeout(() => void this.reload(), seconds * 1000).unref();
  }

  async #read({ path, full, stats }: JsonFile, before: KnownFile | undefined): Promise<KnownFile> {
    const stamp = [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(' ');
    const changed = Math.max(Number(stats.mtimeMs), Number(stats.ctimeMs));
    const isSettled = Date.now() - changed > coarsest;
    if (before !== undefined && before.stamp === stamp && before.isSettled) return before;
    const bytes = await bytesOf(full, this.#options.largestFile);
    if (typeof bytes === 'string') return { stamp, isSettled, hash: '', result: { wrong: `${path}: ${bytes}` } };
    const hash = createHash('sha256').update(bytes).digest('base64');
    if (before?.hash === hash) return { ...before, stamp, isSettled };
    this.parsed += 1;
    return { stamp, isSettled, hash, result: parsedRedirect(bytes, path) };
  }
}

/** Returns the bytes of a file, or what is wrong with it. */
async function bytesOf(full: string, most: number): Promise<Buffer | string> {
  try {
    return (await readPlain(full, most, 'follow')) ?? `it is not there, or has more than ${most} bytes`;
  } catch (error) {
    return reasonOf(error);
  }
}

function parsedRedirect(bytes: Buffer, path: string): KnownFile['result'] {
  try {
    return readRedirect(bytes.toString('utf8'), path);
  } catch (error) {
    if (error instanceof RegistryError) return { wrong: error.message };
    throw error;
  }
}
