import type { Counts } from '../events.js';

/**
 * The exit status of a run: 0; 2 a host failed and 4 one was unreachable (both: 6); 3 under `--check --strict` when something would change,
 * differs and is kept, or can't be known; 130 interrupted.
 */
export function exitStatus(
  hosts: Iterable<Counts>,
  { interrupted, strict }: { readonly interrupted: boolean; readonly strict: boolean },
): number {
  if (interrupted) return 130;
  let bits = 0;
  let differs = false;
  for (const counts of hosts) {
    if (counts.failed > 0) bits |= 2;
    if (counts.unreachable > 0) bits |= 4;
    if (counts.changed + counts.kept + counts.unknown > 0) differs = true;
  }
  if (bits > 0) return bits;
  return strict && differs ? 3 : 0;
}
