import { type Kysely, sql } from 'kysely';
import type { Tables } from './tables.js';

export type DatabaseKind = 'sqlite' | 'postgres';

/** Open database of the service, with its tables as this program has them. */
export interface Database {
  readonly kind: DatabaseKind;
  readonly db: Kysely<Tables>;
  /** Writes a copy of it to a file that must not be there. SQLite only: PostgreSQL has `pg_dump`. */
  copyTo?(file: string): Promise<void>;
  close(): Promise<void>;
}

/** Address of a database: a file of SQLite, or `postgres://…`. */
export type DatabaseAddress = string;

/** Returns true for the address of a PostgreSQL server. */
export function isPostgres(address: DatabaseAddress): boolean {
  return /^postgres(ql)?:\/\//.test(address);
}

/** Checks that the database answers. @throws Error when it doesn't */
export async function checkDatabase({ db }: Database): Promise<void> {
  await sql`select 1`.execute(db);
}
