import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { readLines } from '../../diagnostics/read-lines.js';
import { replaceFile } from '../../files/replace-file.js';
import { folderIn, homeFolder } from '../../model/home-folder.js';
import { tryBoundedJson } from '../bounded-json.js';
import { type Digest, isDigest } from '../digest.js';
import { isRepository } from '../names.js';

const repository = z.string().refine(isRepository);
const line = z.union([
  /** Blob that was brought to a repository, or was found to be lost there. */
  z.object({ digest: z.string().refine(isDigest), repository, lost: z.literal(true).optional() }),
  /** Image whose verification failed: tag or digest. */
  z.object({ repository, unverified: z.string() }),
]);
type Line = z.infer<typeof line>;

/** Age after which nothing is believed of blobs: registries collect what no image names. Milliseconds, a week. */
const longestBelieved = 7 * 24 * 3_600_000;

/**
 * Journal of a target: blobs that were uploaded and whose images weren't finished, and images whose verification failed.
 * An interrupted run leaves it for the next one, which then uploads no blob twice; a run that ends well deletes it. Lines
 * are not flushed one by one: they outlive this process however it ends. A crash of the machine costs the next run the
 * blobs whose lines were lost.
 */
export class Journal {
  readonly #known = new Map<Digest, string[]>();
  /** Blobs in repositories by the word of an earlier run. */
  readonly #believed = new Set<string>();
  readonly #unverified = new Set<string>();
  #file: number | undefined;

  readonly #path: string | undefined;

  /** @param path nothing: nothing is kept */
  constructor(path: string | undefined) {
    this.#path = path;
    for (const entry of path === undefined ? [] : entriesIn(path)) {
      if ('unverified' in entry) this.#unverified.add(`${entry.repository} ${entry.unverified}`);
      else if (!isDigest(entry.digest)) continue;
      else if (entry.lost === true) this.#known.delete(entry.digest);
      else {
        this.#remember(entry.digest, entry.repository);
        this.#believed.add(`${entry.repository} ${entry.digest}`);
      }
    }
  }

  /** True where the last verification of an image failed. */
  isUnverified(repository: string, reference: string): boolean {
    return this.#unverified.has(`${repository} ${reference}`);
  }

  /** True for a blob that is only known to be there from an earlier run. */
  isBelieved(digest: Digest, repository: string): boolean {
    return this.#believed.has(`${repository} ${digest}`);
  }

  /** Repositories that a blob is known to have been brought to. */
  repositories(digest: Digest): readonly string[] {
    return this.#known.get(digest) ?? [];
  }

  /** Records that a blob is in a repository of the target now. */
  recordFinished(digest: Digest, repository: string): void {
    this.#remember(digest, repository);
    this.#write({ digest, repository });
  }

  /** Records that an image is not known to be whole: the next run looks into it, though its tag is as it should be. */
  recordUnverified(repository: string, reference: string): void {
    this.#unverified.add(`${repository} ${reference}`);
    this.#write({ repository, unverified: reference });
  }

  /** Forgets a blob that is not there: the target's store was cleaned meanwhile. */
  forget(digest: Digest): void {
    for (const repository of this.repositories(digest)) {
      this.#believed.delete(`${repository} ${digest}`);
      this.#write({ digest, repository, lost: true });
    }
    this.#known.delete(digest);
  }

  /** Ends it: kept for the next run, unless all went well. */
  close(wentWell: boolean): void {
    if (this.#file !== undefined) {
      fsyncSync(this.#file);
      closeSync(this.#file);
      this.#file = undefined;
    }
    if (wentWell && this.#path !== undefined) rmSync(this.#path, { force: true });
  }

  #write(entry: Line): void {
    if (this.#path === undefined) return;
    if (this.#file === undefined) {
      mkdirSync(dirname(this.#path), { recursive: true });
      this.#file = openSync(this.#path, 'a', 0o600);
    }
    // One write of one line to a file opened for appending: runs beside each other don't mix theirs.
    writeSync(this.#file, `${JSON.stringify(entry)}\n`);
  }

  #remember(digest: Digest, repository: string): void {
    const known = this.#known.get(digest) ?? [];
    if (!known.includes(repository)) this.#known.set(digest, [...known, repository]);
  }
}

/**
 * Deletes what a journal has on repositories whose images are all there, and the file once it has nothing else. A run
 * that was killed after its last image leaves such lines, and no copy comes any more that would end them.
 * @throws Error what the system says, or that it is no regular file
 */
export async function dropFinished(path: string, repositories: ReadonlySet<string>): Promise<void> {
  const entries = [...entriesIn(path)];
  const left = entries.filter(({ repository }) => !repositories.has(repository));
  if (left.length === 0) await rm(path, { force: true });
  else if (left.length < entries.length)
    await replaceFile(path, left.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
}

/** @throws Error what the system says, or that it is no regular file */
function* entriesIn(path: string): Generator<Line> {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  const isOld = Date.now() - stat.mtimeMs > longestBelieved;
  for (const each of readLines(path)) {
    const parsed = line.safeParse(tryBoundedJson(each)); // The last line of a run that was killed may be half a line.
    if (parsed.success && !(isOld && 'digest' in parsed.data)) yield parsed.data;
  }
}

/** Returns the path of a target's journal: below XDG_STATE_HOME, else ~/.local/state. */
export function journalPath(target: string, env: NodeJS.ProcessEnv = process.env): string {
  const state = folderIn(env, 'XDG_STATE_HOME') ?? join(homeFolder(), '.local', 'state');
  const name = createHash('sha256').update(target).digest('hex').slice(0, 16);
  return join(state, 'provision', 'images', `${name}.jsonl`);
}
