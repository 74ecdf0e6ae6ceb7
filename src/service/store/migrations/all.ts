import type { Kysely } from 'kysely';
import type { DatabaseKind } from '../database.js';
import { makeAccessTables } from './m0001-access.js';
import { makeImageTables } from './m0002-images.js';
import { makeJobTables } from './m0003-jobs.js';
import { makeSearchTables } from './m0004-search.js';
import { addDirectories } from './m0005-directories.js';

/** Change of the tables; a release adds to the list, and never edits what is in it. */
// biome-ignore lint/suspicious/noExplicitAny: see TableMaker.
export type Migration = (db: Kysely<any>, kind: DatabaseKind) => Promise<void>;

/** All changes, by names that sort as they are carried out. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-access': makeAccessTables,
  '0002-images': makeImageTables,
  '0003-jobs': makeJobTables,
  '0004-search': makeSearchTables,
  '0005-directories': addDirectories,
};
