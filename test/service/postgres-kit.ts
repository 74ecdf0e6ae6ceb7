import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../registry/proxy/start-registry.js';

const run = promisify(execFile);
/** User that Debian's package makes: the server refuses to run as root. */
const user = 'postgres';

/** Folder with a folder of programs a version, which Debian does not put on the PATH. */
const versions = '/usr/lib/postgresql';

/** Server of PostgreSQL on loopback. */
export interface PostgresServer {
  /** Makes an empty database. @param language whose order texts are sorted in; default: by bytes @returns its address */
  database(language?: string): Promise<string>;
  stop(): Promise<void>;
}

/** Starts PostgreSQL in a new folder. */
export async function startPostgres(): Promise<PostgresServer> {
  const folder = await mkdtemp(join(tmpdir(), 'provision-postgres-'));
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (flag) => Number((await run('id', [flag, user])).stdout)),
  );
  await chown(folder, uid ?? 0, gid ?? 0);
  const as = (...command: string[]) => run('runuser', ['-u', user, '--', ...command], { cwd: folder });
  await as(
    program('initdb'),
    '--no-sync',
    '--auth=trust',
    '--username=postgres',
    '--encoding=UTF8',
    join(folder, 'data'),
  );
  const port = await freePort();
  const child = spawn(
    'runuser',
    [
      '-u',
      user,
      '--',
      program('postgres'),
      '-D',
      join(folder, 'data'),
      '-h',
      '127.0.0.1',
      '-p',
      String(port),
      '-k',
      folder,
      '-F',
    ],
    { stdio: 'ignore', cwd: folder },
  );
  const address = (name: string) => `postgres://postgres@127.0.0.1:${port}/${name}`;
  const sql = async (text: string) => {
    const { default: pg } = await import('pg');
    const client = new pg.Client({ connectionString: address('postgres') });
    await client.connect();
    try {
      await client.query(text);
    } finally {
      await client.end();
    }
  };
  for (let tries = 0; ; tries += 1) {
    try {
      await sql('select 1');
      break;
    } catch (error) {
      if (tries > 300 || child.exitCode !== null) throw error;
      await pause(100);
    }
  }
  let count = 0;
  return {
    database: async (language) => {
      count += 1;
      const order = language === undefined ? '' : ` template template0 locale_provider icu icu_locale '${language}'`;
      await sql(`create database test${count}${order}`);
      return address(`test${count}`);
    },
    stop: async () => {
      const over = once(child, 'exit');
      await as(program('pg_ctl'), '-D', join(folder, 'data'), '-m', 'immediate', 'stop');
      await over;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Returns the path of a program of the server, of the newest version. */
function program(name: string): string {
  const found = existsSync(versions) ? readdirSync(versions) : [];
  const newest = found.toSorted((a, b) => Number(b) - Number(a))[0];
  return newest === undefined ? name : join(versions, newest, 'bin', name);
}
