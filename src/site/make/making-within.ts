import type { PlayEntry } from '../blueprint/blueprint.js';
import { entriesWithin } from '../blueprint/entries-within.js';
import type { Making } from './task-items.js';

/** Names of a failure, which a `rescue` may use. */
const ofFailure = ['ansible_failed_task', 'ansible_failed_result'];

/**
 * Returns the making for entries that run one after the other. Where they are made only when they are reached, results
 * of earlier tasks are known, but what these entries register themselves is not, nor is what an earlier round of them
 * registered under the same name theirs.
 */
export function makingWithin<Given extends Making>(entries: readonly PlayEntry[], making: Given): Given {
  if (making.scopes.results === undefined) return making;
  const all = entriesWithin(entries);
  const registered = all.flatMap((entry) =>
    entry.kind === 'task' && entry.register !== undefined ? [entry.register] : [],
  );
  const rescued = all.some((entry) => entry.registered.has('ansible_failed_task')) ? ofFailure : [];
  return { ...making, scopes: making.scopes.before([...registered, ...rescued]) };
}
