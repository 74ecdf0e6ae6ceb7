import { Kysely, PostgresDialect } from 'kysely';
import type { Database } from './database.js';
import type { Tables } from './tables.js';

const int8 = 20;

/** Connects to a PostgreSQL server. @throws Error when it doesn't answer within ten seconds */
export async function openPostgres(url: string): Promise<Database> {
  const { default: pg } = await import('pg');
  const types = {
    // Times and sizes are far below 2^53; counts and sums come as int8 as well.
    getTypeParser: ((type: number, format?: 'text') =>
      type === int8 ? Number : pg.types.getTypeParser(type, format)) as typeof pg.types.getTypeParser,
  };
  const pool = new pg.Pool({ connectionString: url, max: 10, connectionTimeoutMillis: 10_000, types });
  pool.on('error', () => {}); // A connection that nobody used was lost; the next query makes another, or fails itself.
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return { kind: 'postgres', db, close: () => db.destroy() };
}
