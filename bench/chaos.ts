import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chaos } from '../test/registry/server/chaos.js';
import { runMain } from '../test/registry/server/run-main.js';

/*
 * Pushes, deletes, collections of garbage and kill -9 of the embedded registry, all at once, for some minutes. The grace
 * time is a second, so that much is collected that clients were just told is there.
 */

const minutes = Number(process.argv[3] ?? 10);
if (!(minutes > 0)) throw new Error(`${process.argv[3]} is no number of minutes`);
const seed = process.argv[4] ?? new Date().toISOString();
console.error(`${minutes} minutes, seed ${seed}`);
const folder = await mkdtemp(join(tmpdir(), 'provision-chaos-'));
try {
  const start = () => runMain(folder, '--delete', '--gc-grace', '1');
  const { lost, ...counts } = await chaos({ seconds: minutes * 60, seed, start });
  console.log(JSON.stringify({ ...counts, lost: lost.length }));
  for (const image of lost) console.log(`lost: ${image}`);
  if (lost.length > 0) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true });
}
