import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServiceKillOptions, serviceKills } from '../test/program/service/service-kills.js';
import { startPostgres } from '../test/service/postgres-kit.js';

/*
 * Kill -9 of the service, and of processes of its jobs, while clients log in, push, pull and have jobs done: so many times, on SQLite or
 * on a PostgreSQL that is started for it (`postgres` as second word).
 */

const kills = Number(process.argv[3] ?? 200);
if (!(kills > 0)) throw new Error(`${process.argv[3]} is no number of kills`);
const kind = process.argv[4] ?? 'sqlite';
if (kind !== 'sqlite' && kind !== 'postgres') throw new Error(`${kind} is neither sqlite nor postgres`);
const seed = Number(process.argv[5] ?? Date.now() % 100_000);
console.error(`${kills} kills on ${kind}, seed ${seed}`);
const folder = await mkdtemp(join(tmpdir(), 'provision-service-kills-'));
const run = async (more: Pick<ServiceKillOptions, 'database'>) => {
  const { faults, ...counts } = await serviceKills({ folder, kills, seed, ...more });
  console.log(JSON.stringify({ ...counts, faults: faults.length }));
  for (const fault of faults) console.log(fault);
  if (faults.length > 0) process.exitCode = 1;
};
try {
  if (kind === 'sqlite') await run({});
  else {
    const postgres = await startPostgres();
    try {
      await run({ database: await postgres.database() });
    } finally {
      await postgres.stop();
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 1000 });
}
