import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { JobFolders } from './job-folders.js';
import type { JobStore } from './job-store.js';

/** Number, age and size of the jobs that are kept. */
export interface KeptJobs {
  /** Newest jobs of each kind. */
  readonly number: number;
  readonly days: number;
  /** Bytes of what all of them wrote. */
  readonly bytes: number;
}

const day = 24 * 3_600_000;

/**
 * Deletes jobs that have ended and are too many, too old or too large; the output of those that are a day old is packed.
 * @param gone other services on the database that are gone: nobody else deletes their jobs
 */
export async function removeOldJobs(
  store: JobStore,
  folders: JobFolders,
  { number, days, bytes }: KeptJobs,
  gone: readonly string[] = [],
  now = Date.now(),
): Promise<void> {
  const seen = new Map<string, number>();
  let all = 0;
  for (const { id, kind, owner, ended_at: endedAt } of await store.ended(gone)) {
    const rank = (seen.get(`${owner} ${kind}`) ?? 0) + 1;
    seen.set(`${owner} ${kind}`, rank);
    const age = now - (endedAt ?? now);
    // The newest of a kind stays: it says how things are.
    if (rank === 1 || (rank <= number && age <= days * day)) {
      if (age > day) await pack(folders.eventsPath(id));
      const size = await folders.sizeOf(id);
      if (rank === 1 || all + size <= bytes) {
        all += size;
        continue;
      }
    }
    await folders.delete(id);
    await store.delete([id]);
  }
  // What another service has deleted of this one's, while it was away.
  for (const id of await store.unknown(await folders.untouched(days * day, now))) await folders.delete(id);
}

async function pack(path: string): Promise<void> {
  const packed = `${path}.gz`;
  const temporary = `${packed}.new`;
  try {
    await pipeline(createReadStream(path), createGzip(), createWriteStream(temporary, { mode: 0o600 }));
    await rename(temporary, packed);
    await rm(path);
  } catch (error) {
    await rm(temporary, { force: true });
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error; // It is packed already.
  }
}
