import { randomUUID } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeNewFile } from '../../../files/replace-file.js';
import { makeFolder } from '../../../registry/server/storage/files.js';
import type { IndexKeeper } from '../../images/index-keeper.js';
import type { Database } from '../../store/database.js';
import type { OwnTokens } from '../../tokens/own-tokens.js';
import type { TrustingRegistries } from '../../tokens/registries.js';
import type { OwnWork } from '../own-jobs.js';
import { collectGarbageOf, retainRegistryTags } from './maintain-registry.js';

/** Copies of the database that are kept. */
const keptCopies = 7;

/** Returns the work of jobs that are done in the service itself: a look at a registry, its tags, its garbage, a copy of the database. */
export function ownWork({
  keeper,
  registries,
  ownTokens,
  database,
  folder,
}: {
  readonly keeper: IndexKeeper;
  readonly registries: TrustingRegistries;
  readonly ownTokens: OwnTokens;
  readonly database: Database;
  /** Folder of the copies. */
  readonly folder: string;
}): OwnWork {
  return async (request, say, signals) => {
    if (request.work === 'reconcile') {
      const { changes } = await keeper.reconcile(request.registry, signals.atOnce);
      return { result: changes > 0 ? 'changed' : 'ok' };
    }
    if (request.work === 'retain') return await retainRegistryTags({ registries, ownTokens, signals }, request, say);
    if (request.work === 'gc') return await collectGarbageOf({ registries, ownTokens, signals }, request, say);
    const { copyTo } = database;
    if (copyTo === undefined) {
      return { result: 'failed', problem: 'PostgreSQL is copied by pg_dump: see the documentation of the service' };
    }
    await makeFolder(folder, 0o700);
    const name = `service-${new Date().toISOString().replaceAll(/[-:]/g, '').replace(/\..*/, '')}.db`;
    await copyTo(join(folder, name));
    const copies = (await readdir(folder)).filter((each) => /^service-\d{8}T\d{6}\.db$/.test(each)).sort();
    for (const old of copies.slice(0, -keptCopies)) await rm(join(folder, old));
    return { result: 'changed' };
  };
}

/** Returns the name of the service whose state a folder has, among those that share its database. It is made once. */
export async function instanceName(state: string): Promise<string> {
  const file = join(state, 'instance');
  await makeFolder(state, 0o700);
  try {
    await writeNewFile(file, `${randomUUID()}\n`, 0o600);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  return (await readFile(file, 'utf8')).trim();
}
