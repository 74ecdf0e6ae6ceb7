import { afterAll, beforeAll } from 'vitest';
import { hold } from '../../lab/machine/lock.js';

/** Hosts of the lab, or anything else by a name, that only one file of tests has at a time; the others wait. At the top of a file. */
export function holding(...names: string[]): void {
  const held: (() => Promise<void>)[] = [];
  // Always in the same order: two files that want the same things can't wait for each other.
  beforeAll(async () => {
    for (const name of names.toSorted()) held.push(await hold(`held-${name}`));
  }, 45 * 60_000);
  afterAll(async () => {
    for (const release of held.splice(0)) await release();
  });
}
