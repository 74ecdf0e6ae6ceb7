import type { Kysely } from 'kysely';
import type { DatabaseKind } from '../database.js';
import { makeAccessTables } from './m0001-access.js';
import { makeImageTables } from './m0002-images.js';
import { makeJobTables } from './m0003-jobs.js';
import { makeSearchTables } from './m0004-search.js';
import { addDirectories } from './m0005-directories.js';
import { makeEventTable } from './m0006-events.js';
import { makeWebhookTables } from './m0007-webhooks.js';
import { makeHubTables } from './m0008-hub.js';
import { addTagLists } from './m0009-tag-lists.js';
import { keepManifests } from './m0010-kept-manifests.js';
import { makeDriftTables } from './m0011-drift.js';
import { makeV1Table } from './m0012-v1.js';

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
  '0006-events': makeEventTable,
  '0007-webhooks': makeWebhookTables,
  '0008-hub': makeHubTables,
  '0009-tag-lists': addTagLists,
  '0010-kept-manifests': keepManifests,
  '0011-drift': makeDriftTables,
  '0012-v1': makeV1Table,
};
