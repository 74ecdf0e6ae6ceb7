import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type KyselyPlugin, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ImageIndex } from '../../src/service/images/image-index.js';
import { parseQuery } from '../../src/service/images/search/parse-query.js';
import { search } from '../../src/service/images/search/search.js';
import type { Database } from '../../src/service/store/database.js';
import { makeSearchTables } from '../../src/service/store/migrations/m0004-search.js';
import { openDatabase } from '../../src/service/store/open-database.js';
import { type PostgresServer, startPostgres } from './postgres-kit.js';
import { digests, filledManifest, fillIndex } from './search-kit.js';

/*
 * What searches read, in an index of 1,000 repositories with 100 tags each: rows that the database looks at, as its plans say,
 * not time.
 */

const everything = {
  subject: { account: 'anna', isAdmin: true, isRobot: false, grants: [], limits: undefined },
  visibilities: { rules: [], usual: 'private', kinds: new Map() },
} as const;
const images = Array.from({ length: 2500 }, (_, at) => ({
  id: `image-${at}`,
  platform: at % 500 === 0 ? 'windows/amd64' : 'linux/amd64',
  labels: { team: 'all', number: String(at) },
  layers: ['base', `layer-${at}`],
}));
const repositories = Array.from({ length: 1000 }, (_, repository) => ({
  name: `team-${repository % 10}/app-${repository}`,
  tags: Object.fromEntries(
    Array.from({ length: 100 }, (_, tag) => [`1.${tag}`, `image-${(repository * 2 + (tag % 2)) % 2000}`]),
  ),
}));
repositories[700]?.tags && Object.assign(repositories[700].tags, { needle: 'image-7' });

let folder: string;
let postgres: PostgresServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'provision-search-'));
  postgres = await startPostgres();
});
afterAll(async () => {
  await postgres.stop();
  await rm(folder, { recursive: true });
});

/** Query as it went to the database. */
interface Asked {
  readonly text: string;
  readonly parameters: readonly unknown[];
  rows: number;
}

/** Makes a database that writes down what it is asked. */
function recorded(database: Database): { readonly database: Database; readonly asked: Asked[] } {
  const asked: Asked[] = [];
  const byId = new Map<unknown, Asked>();
  const plugin: KyselyPlugin = {
    transformQuery: ({ node, queryId }) => {
      const { sql: text, parameters } = database.db.getExecutor().compileQuery(node, queryId);
      const entry = { text, parameters, rows: 0 };
      asked.push(entry);
      byId.set(queryId, entry);
      return node;
    },
    transformResult: async ({ result, queryId }) => {
      const entry = byId.get(queryId);
      if (entry !== undefined) entry.rows = result.rows.length;
      return result;
    },
  };
  return { database: { ...database, db: database.db.withPlugin(plugin) }, asked };
}

const searches: readonly (readonly [q: string, hits: number, mostQueries: number])[] = [
  ['app-7', 51, 1],
  ['tag:*', 51, 2],
  ['tag:needle', 1, 16],
  ['tag:1.7*', 51, 5],
  ['label:number=1400', 50, 6],
  ['label:team=all', 51, 8],
  ['platform:windows/amd64', 51, 6],
  ['platform:linux/amd64 label:number=3', 50, 5],
  [`digest:${digests('layer-1400')}`, 50, 6],
  [`digest:${digests('base')}`, 51, 9],
  ['pushed:<1d label:team=all tag:needle', 1, 20],
  ['label:team=none', 0, 1],
];

describe.each(['SQLite', 'PostgreSQL'])('searches of 100,000 tags on %s', (kind) => {
  let database: Database;
  let asked: Asked[];
  beforeAll(async () => {
    const opened = await openDatabase(kind === 'SQLite' ? join(folder, 'large.db') : await postgres.database());
    await fillIndex(opened, 'prod', repositories, images);
    if (kind === 'PostgreSQL') await sql`analyze`.execute(opened.db);
    ({ database, asked } = recorded(opened));
  });
  afterAll(async () => await database.close());

  it.each(searches)('%s', async (q, hits, mostQueries) => {
    asked.length = 0;
    const found = await search(new ImageIndex(database), everything, parseQuery(q), { limit: 51 });
    const queries = asked.splice(0);
    expect(found.length).toBe(hits);
    expect(queries.length).toBeLessThanOrEqual(mostQueries);
    expect(queries.reduce((sum, { rows }) => sum + rows, 0)).toBeLessThan(5000);
    for (const query of queries) expect(await looksThrough(database, query)).toEqual([]);
  });

  it('labels of images that were read before are found after the change', async () => {
    const opened = await openDatabase(kind === 'SQLite' ? join(folder, 'small.db') : await postgres.database());
    await sql`drop table manifest_labels`.execute(opened.db);
    await sql`drop index manifests_by_platform`.execute(opened.db);
    if (kind === 'PostgreSQL') await sql`drop index repositories_in_order`.execute(opened.db);
    const { row } = filledManifest({ id: 'old', labels: { team: 'web' }, annotations: { source: 'git' } });
    await opened.db.insertInto('manifests').values(row).execute();
    await makeSearchTables(opened.db, opened.kind);
    expect(await opened.db.selectFrom('manifest_labels').selectAll().orderBy('name').execute()).toMatchObject([
      { manifest: digests('old'), name: 'source', value: 'git' },
      { manifest: digests('old'), name: 'team', value: 'web' },
    ]);
    await opened.close();
  });
});

/** Returns the large tables that a query reads from one end to the other. */
async function looksThrough({ db, kind }: Database, { text, parameters }: Asked): Promise<string[]> {
  const explained = (words: string) => ({
    sql: `${words} ${text}`,
    parameters,
    query: { kind: 'RawNode', sqlFragments: [], parameters: [] },
    queryId: { queryId: 'plan' },
  });
  if (kind === 'sqlite') {
    const { rows } = await db.executeQuery<{ detail: string }>(explained('explain query plan') as never);
    return rows.map(({ detail }) => detail).filter((detail) => /^SCAN (?!repositories\b)(?!CONSTANT)/.test(detail));
  }
  const { rows } = await db.executeQuery<{ 'QUERY PLAN': string }>(explained('explain analyze') as never);
  const lines = rows.map((row) => row['QUERY PLAN']);
  return lines.filter((line) => {
    const removed = Number(/Rows Removed by Filter: (\d+)/.exec(line)?.[1] ?? 0);
    const read = /Seq Scan on (?!repositories).*actual time=\S+ rows=(\d+)/.exec(line)?.[1];
    return removed > 20_000 || Number(read ?? 0) > 20_000;
  });
}
