import { existsSync } from 'node:fs';
import { type MigrationProvider, Migrator } from 'kysely';
import { reasonOf } from '../../diagnostics/reason.js';
import { type Database, type DatabaseAddress, isPostgres } from './database.js';
import { migrations } from './migrations/all.js';

/**
 * Opens the database, and brings its tables to the state that this program knows. A file is copied beside itself before it is
 * changed. @throws Error when it can't be opened, or was changed by a newer program
 */
export async function openDatabase(address: DatabaseAddress): Promise<Database> {
  const database = await connectDatabase(address, 'any');
  try {
    await migrate(database, address);
    return database;
  } catch (error) {
    await database.close();
    throw new Error(`${shownAddress(address)}: ${reasonOf(error)}`, { cause: error });
  }
}

/** Returns the address as it may be printed: without the password. */
export function shownAddress(address: DatabaseAddress): string {
  return isPostgres(address) ? address.replace(/\/\/([^:@/]*):[^@/]*@/, '//$1@') : address;
}

/**
 * Opens the database as it is.
 * @param which `existing`: a file that isn't there is an error, and is not made
 */
export async function connectDatabase(address: DatabaseAddress, which: 'any' | 'existing'): Promise<Database> {
  if (isPostgres(address)) return await (await import('./postgres.js')).openPostgres(address);
  if (which === 'existing' && !existsSync(address)) throw new Error(`${address} is not there`);
  return await (await import('./sqlite.js')).openSqlite(address);
}

async function migrate(database: Database, address: DatabaseAddress): Promise<void> {
  const { db, kind } = database;
  const provider: MigrationProvider = {
    getMigrations: async () =>
      Object.fromEntries(
        Object.entries(migrations).map(([name, change]) => [name, { up: async (given) => await change(given, kind) }]),
      ),
  };
  const migrator = new Migrator({ db, provider });
  const states = await migrator.getMigrations();
  const pending = states.filter(({ executedAt }) => executedAt === undefined);
  const done = states.length - pending.length;
  const known = new Set(Object.keys(migrations));
  const foreign = await executedMigrations(database).then((names) => names.filter((name) => !known.has(name)));
  if (foreign.length > 0) {
    throw new Error(`a newer version of provision has changed it (${foreign.join(', ')}). Use that version, or newer`);
  }
  if (pending.length === 0) return;
  if (done > 0 && database.copyTo !== undefined) await database.copyTo(freeName(address));
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error instanceof Error ? error : new Error(String(error));
}

/** Reads the names of the changes that were carried out; none where the database is new. */
async function executedMigrations({ db }: Database): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === 'kysely_migration')) return [];
  const rows = await db
    .selectFrom('kysely_migration' as never)
    .select('name' as never)
    .execute();
  return rows.map((row) => String((row as { readonly name: unknown }).name));
}

function freeName(file: string): string {
  const day = new Date().toISOString().replaceAll(/[:.]/g, '-');
  for (let count = 0; ; count += 1) {
    const name = `${file}.${day}${count === 0 ? '' : `-${count}`}.backup`;
    if (!existsSync(name)) return name;
  }
}
