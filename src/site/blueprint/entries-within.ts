import type { PlayEntry } from './blueprint.js';

/** Entries with everything known to be inside them, in order. */
export function entriesWithin(entries: readonly PlayEntry[]): readonly PlayEntry[] {
  return entries.flatMap((entry) => [entry, ...entriesWithin(inside(entry))]);
}

function inside(entry: PlayEntry): readonly PlayEntry[] {
  if (entry.kind === 'include') return entry.contents.all();
  return entry.kind === 'block' ? [...entry.tasks, ...entry.rescue, ...entry.always] : [];
}
