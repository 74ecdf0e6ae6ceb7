import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll } from 'vitest';
import { hold, holdSome } from '../../lab/machine/lock.js';

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

/** Name that a file holds which takes this machine's run lock, as a run on localhost does. */
export const runLock = 'run-lock';

/** Tells whether this process took this machine's run lock after a time in milliseconds. Only root's is looked at. */
export function tookRunLock(since: number): boolean {
  const path = '/run/provision/lock';
  const [, pid, time = ''] = existsSync(path)
    ? (/process (\d+), since (\S+)/.exec(readFileSync(path, 'utf8')) ?? [])
    : [];
  return Number(pid) === process.pid && Date.parse(time) >= since;
}

/** Hosts that are alike: containers with Debian. No file holds one of them by its name. */
const pool = ['client2', 'client3', 'registry2', 'balancer'];

/**
 * Takes hosts from the pool, whichever no other file has, and gives their names; returns them when the file has ended.
 * At the top of a file, above `holding`.
 */
export async function takeHosts(count: 1): Promise<[string]>;
export async function takeHosts(count: 2): Promise<[string, string]>;
export async function takeHosts(count: 3): Promise<[string, string, string]>;
export async function takeHosts(count: 1 | 2 | 3): Promise<string[]> {
  const { names, release } = await holdSome(
    pool.map((name) => `held-${name}`),
    count,
  );
  afterAll(release);
  return names.map((name) => name.slice('held-'.length));
}
