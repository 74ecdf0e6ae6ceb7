import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { nameOfThisProcess } from '../../files/process-names.js';
import { flushFolder, writeNewFile } from '../../files/replace-file.js';
import { makeFolder } from '../../registry/server/storage/files.js';
import { type DatabaseAddress, isPostgres } from './database.js';
import { connectDatabase } from './open-database.js';

/** Copy of what a service keeps. */
export interface Backup {
  /** Its folder: `service.db` or `service.dump`, and `key`. */
  readonly path: string;
  /** Folders of older ones that were removed. */
  readonly removed: readonly string[];
}

const backupName = /^service-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z$/;

/**
 * Copies the database as it is at one moment, and the key that opens it, into a new folder. The service may run meanwhile.
 * @param keep number of copies that stay, this one among them; undefined: all
 * @throws Error where there is nothing to copy, or it can't be copied; nothing is left of it then
 */
export async function backUp(
  { database, keyFile }: { readonly database: DatabaseAddress; readonly keyFile: string },
  folder: string,
  keep: number | undefined,
  now = new Date(),
): Promise<Backup> {
  const key = await readFile(keyFile);
  await makeFolder(folder, 0o700);
  const name = `service-${now.toISOString().replaceAll(/[:.]/g, '-')}`;
  const work = `${nameOfThisProcess(join(folder, '.service-'))}new`;
  await mkdir(work, { mode: 0o700 });
  try {
    if (isPostgres(database)) await dumpPostgres(database, join(work, 'service.dump'));
    else await copySqlite(database, join(work, 'service.db'));
    await writeNewFile(join(work, 'key'), key, 0o600);
    await flushFolder(work);
    await rename(work, join(folder, name));
  } catch (error) {
    await rm(work, { recursive: true, force: true });
    throw error;
  }
  await flushFolder(folder);
  const older = keep === undefined ? [] : (await readdir(folder)).filter((each) => backupName.test(each)).sort();
  const removed = older.slice(0, Math.max(0, older.length - (keep ?? 0))).map((each) => join(folder, each));
  for (const each of removed) await rm(each, { recursive: true, force: true });
  return { path: join(folder, name), removed };
}

/** Copies a file of SQLite, and looks the copy over. */
async function copySqlite(file: string, copy: string): Promise<void> {
  const database = await connectDatabase(file, 'existing');
  try {
    await database.copyTo?.(copy);
  } finally {
    await database.close();
  }
  await chmod(copy, 0o600);
  const { default: Libsql } = await import('libsql');
  const opened = new Libsql(copy, { readonly: true });
  const [found] = opened.prepare('pragma quick_check').raw().all() as [string][];
  opened.close();
  if (found?.[0] !== 'ok') throw new Error(`${file}: its copy is damaged: ${found?.[0]}`);
}

/** Has `pg_dump` write a database to a file. The password is in a file of its own meanwhile: an environment can be looked at. */
async function dumpPostgres(url: string, file: string): Promise<void> {
  const { default: pg } = await import('pg');
  const { host, port, user, password, database } = new pg.Client({ connectionString: url });
  const sslMode = /[?&]sslmode=([\w-]+)/.exec(url)?.[1];
  const passwords = `${file}.password`;
  const hasPassword = typeof password === 'string' && password !== '';
  if (hasPassword) await writeNewFile(passwords, passwordLine(password), 0o600);
  const given = {
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: user,
    PGPASSFILE: hasPassword ? passwords : undefined,
    PGDATABASE: database,
    PGSSLMODE: sslMode,
  };
  const { PGPASSWORD: _, ...others } = process.env;
  const env = Object.fromEntries(Object.entries(given).filter(([, value]) => typeof value === 'string'));
  try {
    await runPgDump(file, { ...others, ...env });
  } finally {
    await rm(passwords, { force: true });
  }
  await chmod(file, 0o600);
}

/** Returns a line of a file of passwords, as libpq reads it, for any server. */
function passwordLine(password: string): string {
  return `*:*:*:*:${password.replaceAll(/[\\:]/g, '\\$&')}\n`;
}

/** @throws Error with what it printed last */
async function runPgDump(file: string, env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn('pg_dump', ['--format=custom', '--no-password', `--file=${file}`], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (data: Buffer) => {
    errors = `${errors}${data.toString()}`.slice(-2000);
  });
  const status = await once(child, 'close').then(
    ([code]) => Number(code),
    (error: unknown) => {
      const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      if (!isMissing) throw error;
      throw new Error(
        'pg_dump is not installed. Install it (postgresql-client), or back up the database where it runs',
      );
    },
  );
  if (status !== 0) throw new Error(`pg_dump: ${errors.trim().split('\n').at(-1) || `exit status ${status}`}`);
}
