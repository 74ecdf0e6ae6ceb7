import { dirname } from 'node:path';
import { Kysely, SqliteAdapter, SqliteDialect, sql } from 'kysely';
import { makeFolder } from '../../registry/server/storage/files.js';
import type { Database } from './database.js';
import type { Tables } from './tables.js';

/** Milliseconds that a writer waits for another. */
const patience = 5000;

/** Dialect whose changes of tables are carried out as a whole, or not at all: SQLite does that, Kysely doesn't ask for it. */
class Dialect extends SqliteDialect {
  override createAdapter(): SqliteAdapter {
    return new (class extends SqliteAdapter {
      override get supportsTransactionalDdl(): boolean {
        return true;
      }
    })();
  }
}

/** Opens a file of SQLite, and makes it where it isn't there: for its owner alone. @throws Error of the system */
export async function openSqlite(file: string): Promise<Database> {
  await makeFolder(dirname(file), 0o700);
  const { default: Libsql } = await import('libsql');
  const former = process.umask(0o077);
  const opened = (() => {
    try {
      return new Libsql(file, { timeout: patience });
    } finally {
      process.umask(former);
    }
  })();
  opened.pragma('journal_mode = WAL');
  opened.pragma('synchronous = FULL'); // What was answered outlives a power cut.
  opened.pragma('foreign_keys = ON');
  const db = new Kysely<Tables>({ dialect: new Dialect({ database: opened as never }) });
  return {
    kind: 'sqlite',
    db,
    copyTo: async (copy) => void (await sql`vacuum into ${copy}`.execute(db)),
    close: () => db.destroy(),
  };
}
