import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { readLines } from '../../diagnostics/read-lines.js';
import { replaceFile } from '../../files/replace-file.js';
import { folderIn, homeFolder } from '../../model/home-folder.js';
import { tryBoundedJson } from '../bounded-json.js';
import { type Digest, isDigest } from '../digest.js';
import { isRepository } from '../names.js';

const line = z.object({ digest: z.string().refine(isDigest), repository: z.string().refine(isRepository) });

/**
 * Journal of blobs that were uploaded to a target and whose images weren't finished. An interrupted run leaves it for
 * the next one, which then uploads no blob twice; a run that ends well deletes it. Lines are not flushed one by one:
 * they outlive this process however it ends. A crash of the machine costs the next run the blobs whose lines were lost.
 */
export class Journal {
  readonly #known = new Map<Digest, string[]>();
  #file: number | undefined;

  readonly #path: string | undefined;

  /** @param path nothing: nothing is kept */
  constructor(path: string | undefined) {
    this.#path = path;
    for (const { digest, repository } of path === undefined ? [] : entriesIn(path)) this.#remember(digest, repository);
  }

  /** Repositories that a blob is known to have been brought to. */
  repositories(digest: Digest): readonly string[] {
    return this.#known.get(digest) ?? [];
  }

  /** Records that a blob is in a repository of the target now. */
  recordFinished(digest: Digest, repository: string): void {
    this.#remember(digest, repository);
    if (this.#path === undefined) return;
    if (this.#file === undefined) {
      mkdirSync(dirname(this.#path), { recursive: true });
      this.#file = openSync(this.#path, 'a', 0o600);
    }
    // One write of one line to a file opened for appending: runs beside each other don't mix theirs.
    writeSync(this.#file, `${JSON.stringify({ digest, repository })}\n`);
  }

  /** Forgets a blob that is not there: the target's store was cleaned meanwhile. */
  forget(digest: Digest): void {
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
function* entriesIn(path: string): Generator<{ readonly digest: Digest; readonly repository: string }> {
  if (!existsSync(path)) return;
  for (const each of readLines(path)) {
    const parsed = line.safeParse(tryBoundedJson(each)); // The last line of a run that was killed may be half a line.
    if (parsed.success && isDigest(parsed.data.digest))
      yield { digest: parsed.data.digest, repository: parsed.data.repository };
  }
}

/** Returns the path of a target's journal: below XDG_STATE_HOME, else ~/.local/state. */
export function journalPath(target: string, env: NodeJS.ProcessEnv = process.env): string {
  const state = folderIn(env, 'XDG_STATE_HOME') ?? join(homeFolder(), '.local', 'state');
  const name = createHash('sha256').update(target).digest('hex').slice(0, 16);
  return join(state, 'provision', 'images', `${name}.jsonl`);
}
