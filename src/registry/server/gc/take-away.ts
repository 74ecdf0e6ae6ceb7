import { randomUUID } from 'node:crypto';
import { lstatSync, renameSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isCode, isMissing } from '../storage/files.js';
import type { Layout } from '../storage/layout.js';
import type { Uses } from '../storage/uses.js';
import { leadsOut, requireWithin } from '../storage/within-storage.js';

/** Storage that is collected, and what of it is garbage. */
export interface Sweep {
  readonly layout: Layout;
  readonly uses: Uses;
  /** Milliseconds: what was used then or later stays. */
  readonly cutoff: number;
  /** False: it is only looked at. */
  readonly apply: boolean;
  readonly signal: AbortSignal;
}

/** Outcome of {@link takeAway}: the bytes of a file that is, or would be, gone; it is in use; there was none. */
export type Taken = { readonly bytes: number } | 'used' | 'absent';

/**
 * Removes a file with its folder unless it was used since the cutoff. Nothing of this process comes between the look and
 * the removal. What another process has done between them is seen in the time of the file that was moved aside: it is
 * put back.
 * @param waiting folder on the same file system, in which it waits to be deleted
 * @param folder the one that is removed; default: that of the file
 */
export async function takeAway(sweep: Sweep, file: string, waiting: string, folder = dirname(file)): Promise<Taken> {
  const { layout, uses, cutoff, apply, signal } = sweep;
  signal.throwIfAborted();
  if (leadsOut(layout, file)) return 'used';
  const aside = join(waiting, randomUUID());
  if (apply) {
    requireWithin(layout, aside);
    await mkdir(waiting, { recursive: true });
  } else await nextTurn();
  const bytes = unusedBytes(file, cutoff);
  if (typeof bytes === 'string') return bytes;
  if (uses.isClaimed(file) || uses.failure !== undefined) return 'used';
  if (!apply) return { bytes };
  try {
    renameSync(folder, aside);
  } catch (error) {
    if (isMissing(error)) return 'absent';
    throw error;
  }
  if (unusedBytes(join(aside, relative(folder, file)), cutoff) === 'used' && putBack(aside, folder)) return 'used';
  await rm(aside, { recursive: true, force: true });
  return { bytes };
}

function unusedBytes(file: string, cutoff: number): number | 'used' | 'absent' {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (stats === undefined) return 'absent';
  return stats.isFile() && stats.mtimeMs < cutoff ? stats.size : 'used';
}

/** False: there is another in its place already. */
function putBack(aside: string, folder: string): boolean {
  try {
    renameSync(aside, folder);
    return true;
  } catch (error) {
    if (isCode(error, 'ENOTEMPTY') || isCode(error, 'EEXIST')) return false;
    throw error;
  }
}
