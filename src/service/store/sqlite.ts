import { dirname } from 'node:path';
import { Kysely, SqliteAdapter, SqliteDialect, type SqliteDialectConfig, SqliteDriver, sql } from 'kysely';
import { makeFolder } from '../../registry/server/storage/files.js';
import { breather } from '../../text/breathe.js';
import type { Database } from './database.js';
import type { Tables } from './tables.js';

/** Milliseconds that a writer waits for another. */
const patience = 5000;

/** Driver that lets everything else have its turn now and then: its queries wait for nothing, so that many would keep it waiting. */
class Driver extends SqliteDriver {
  readonly #breathe = breather();

  override async acquireConnection(): ReturnType<SqliteDriver['acquireConnection']> {
    await this.#breathe();
    return await super.acquireConnection();
  }
}

/** Dialect whose changes of tables are carried out as a whole, or not at all: SQLite does that, Kysely doesn't ask for it. */
class Dialect extends SqliteDialect {
  readonly #config: SqliteDialectConfig;

  constructor(config: SqliteDialectConfig) {
    super(config);
    this.#config = config;
  }

  override createDriver(): SqliteDriver {
    return new Driver(this.#config);
  }

  override createAdapter(): SqliteAdapter {
    return new (class extends SqliteAdapter {
      override get supportsTransactionalDdl(): boolean {
        return true;
      }
    })();
  }
}

/** Statements that are kept: the service has some hundred, and lists of several lengths. */
const mostStatements = 300;

/**
 * Keeps statements of queries for the next time. Each holds memory outside the heap, which the collector of garbage knows nothing of:
 * without this the first look at 10,000 tags held 600 MB.
 */
function keepStatements<Statement>(prepare: (text: string) => Statement): (text: string) => Statement {
  const kept = new Map<string, Statement>();
  return (text) => {
    if (!/^\s*(?:select|insert|update|delete|with|begin|commit)\b/i.test(text)) {
      kept.clear(); // It may change tables, and with them the columns that a statement gives.
      return prepare(text);
    }
    const known = kept.get(text);
    const statement = known ?? prepare(text);
    if (known !== undefined) kept.delete(text);
    kept.set(text, statement);
    if (kept.size > mostStatements) kept.delete(kept.keys().next().value ?? '');
    return statement;
  };
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
  const db = new Kysely<Tables>({
    dialect: new Dialect({
      database: { prepare: keepStatements((text) => opened.prepare(text)), close: () => opened.close() } as never,
    }),
  });
  return {
    kind: 'sqlite',
    db,
    copyTo: async (copy) => void (await sql`vacuum into ${copy}`.execute(db)),
    close: () => db.destroy(),
  };
}
