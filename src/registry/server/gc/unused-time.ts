import { rm } from 'node:fs/promises';
import { writeWhole } from '../storage/files.js';
import type { Layout } from '../storage/layout.js';
import { readPlain } from '../storage/plain-file.js';
import { requireWithin } from '../storage/within-storage.js';

/**
 * Writes into the folder of a pull-through cache after how many milliseconds without use its manifests go, for a
 * collection while no server runs; undefined: it is no cache (any more), and they stay.
 */
export async function recordUnusedTime(layout: Layout, milliseconds: number | undefined): Promise<void> {
  const path = pathIn(layout);
  requireWithin(layout, path);
  if (milliseconds === undefined) await rm(path, { force: true });
  else await writeWhole(path, `${milliseconds}\n`);
}

/** Reads what {@link recordUnusedTime} wrote; undefined: manifests stay. */
export async function readUnusedTime(layout: Layout): Promise<number | undefined> {
  const text = (await readPlain(pathIn(layout), longest))?.toString('latin1').trim() ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** Bytes of the file at most. */
const longest = 100;

function pathIn(layout: Layout): string {
  return `${layout.own}/unused-time`;
}
