import { type ChildProcess, spawn } from 'node:child_process';
import { rm, utimes, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { inCache } from '../../lab/machine/cache.js';
import { hold } from '../../lab/machine/lock.js';

const name = `held-by-a-test-${process.pid}`;
const path = inCache(name);
let other: ChildProcess;

beforeEach(() => {
  other = spawn('sleep', ['60'], { stdio: 'ignore' });
});
afterEach(async () => {
  other.kill();
  await rm(path, { force: true });
});

it('waits for a lock whose owner runs, and takes it when that has ended', async () => {
  await (await hold(name))();
  await writeFile(path, String(other.pid));
  let isTaken = false;
  const taking = hold(name).then((release) => {
    isTaken = true;
    return release;
  });
  await pause(1500);
  expect(isTaken).toBe(false);
  other.kill();
  await (await taking)();
});

it('takes a lock of an owner whose number another process has by now', async () => {
  await (await hold(name))();
  await writeFile(path, String(other.pid));
  const anHourAgo = new Date(Date.now() - 3_600_000);
  await utimes(path, anHourAgo, anHourAgo);
  await (await hold(name))();
});
