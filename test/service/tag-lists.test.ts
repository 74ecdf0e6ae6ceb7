import type { KyselyPlugin } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ImageIndex } from '../../src/service/images/image-index.js';
import { countTags, listTagRows, placeOfTag } from '../../src/service/images/lists/list-tags.js';
import { tagFigures } from '../../src/service/images/lists/tag-figures.js';
import { matchingTags } from '../../src/service/images/removal/matching-tags.js';
import type { Database } from '../../src/service/store/database.js';
import { openDatabase } from '../../src/service/store/open-database.js';
import { type PostgresServer, startPostgres } from './postgres-kit.js';
import { digests, fillIndex } from './search-kit.js';

const day = 24 * 3_600_000;

describe.each(['sqlite', 'postgres'] as const)('tags as rows, by %s', (kind) => {
  let server: PostgresServer | undefined;
  let database: Database;
  let index: ImageIndex;
  const names = async (sort: string, choice = {}, limit = 100) =>
    (await listTagRows(index, 'team/app', choice, { sort, limit })).map(({ name }) => name);

  beforeAll(async () => {
    server = kind === 'postgres' ? await startPostgres() : undefined;
    // In a language in which capitals and signs sort otherwise than bytes.
    database = await openDatabase((await server?.database('en')) ?? ':memory:');
    index = new ImageIndex(database);
    const tags = { latest: 'multi', '1.9': 'a', '1.10': 'multi', '1.10-rc1': 'b', Edge: 'b', a_b: 'a' };
    await fillIndex(
      database,
      'main',
      [{ name: 'team/app', tags: { ...tags, [`${digests('a').replace(':', '-')}.sig`]: 'sig' } }],
      [
        { id: 'a', platform: 'linux/amd64', layers: ['base'] },
        { id: 'arm', platform: 'linux/arm64/v8', layers: ['base', 'own'] },
        { id: 'b', platform: 'linux/amd64' },
        { id: 'multi', parts: ['a', 'arm'] },
        { id: 'sig' },
      ],
    );
    for (const [at, [name]] of Object.entries(tags).entries()) {
      const set = { pushed_at: 1000 + at, bytes: 10 - at, pulled_at: at < 2 ? 5000 + at : null };
      await database.db.updateTable('tags').set(set).where('name', '=', name).execute();
    }
  });
  afterAll(async () => {
    await database.close();
    await server?.stop();
  });

  it('come in each order, and the other way round', async () => {
    const choice = { attached: false };
    expect(await names('name', choice)).toEqual(['1.10', '1.10-rc1', '1.9', 'Edge', 'a_b', 'latest']);
    expect(await names('version', choice)).toEqual(['a_b', 'Edge', 'latest', '1.9', '1.10-rc1', '1.10']);
    expect(await names('pushed', choice)).toEqual(['latest', '1.9', '1.10', '1.10-rc1', 'Edge', 'a_b']);
    expect((await names('-pulled', choice)).slice(0, 2)).toEqual(['1.9', 'latest']);
    expect(await names('size', choice)).toEqual(['a_b', 'Edge', '1.10-rc1', '1.10', '1.9', 'latest']);
    for (const sort of ['name', 'version', 'pushed', 'pulled', 'size']) {
      expect(await names(`-${sort}`)).toEqual((await names(sort)).toReversed());
    }
  });

  it('go on where a page ended, in each order, whatever came meanwhile', async () => {
    for (const sort of ['name', '-version', 'pushed', '-pulled', 'size']) {
      const found: string[] = [];
      for (let after: string | undefined; ; ) {
        const [row, more] = await listTagRows(index, 'team/app', {}, { sort, after, limit: 2 });
        if (row === undefined) break;
        found.push(row.name);
        if (more === undefined) break;
        after = placeOfTag(row, sort);
      }
      expect(found, sort).toEqual(await names(sort));
    }
    for (const after of ['x y z', 'abc', '', '1e3 a', '99999999999999999999 a']) {
      const listing = listTagRows(index, 'team/app', {}, { sort: 'pushed', after, limit: 2 });
      await expect(listing, after).rejects.toThrow(/must be `next`/);
    }
  });

  it('are chosen by text, platform, time, and whether they are about others', async () => {
    expect(await names('name', { contains: '.10' })).toEqual(['1.10', '1.10-rc1']);
    expect(await names('name', { platform: 'linux/arm64' })).toEqual(['1.10', 'latest']);
    expect(await names('name', { pushedAfter: 1001, pushedBefore: 1003 })).toEqual(['1.10', '1.9']);
    expect(await names('name', { attached: true })).toHaveLength(1);
    expect(await countTags(index, 'team/app', { platform: 'linux/arm64' })).toBe(2);
  });

  it('have the images of an index, their siblings, and whether they are signed', async () => {
    const { platforms, tags, signed } = await tagFigures(index, 'team/app', ['multi', 'a', 'b'].map(digests));
    expect(platforms.get(digests('multi'))).toEqual([
      { platform: 'linux/amd64', digest: digests('a'), bytes: 1000 },
      { platform: 'linux/arm64/v8', digest: digests('arm'), bytes: 1000 },
    ]);
    expect([tags.get(digests('multi')), tags.get(digests('a'))]).toEqual([2, 2]);
    expect([...signed]).toEqual([digests('a')]);
  });

  it('match the filter of a bulk deletion, the newest left out', async () => {
    const match = async (filter: object) =>
      (await matchingTags(index, 'team/app', filter)).map(({ name }) => name).sort();
    expect(await match({ tags: ['1.*'] })).toEqual(['1.10', '1.10-rc1', '1.9']);
    expect(await match({ tags: ['1.*'], keepNewest: 2 })).toEqual(['1.9']);
    expect(await match({ notPulledSince: 5001 })).toEqual(['1.10', '1.10-rc1', 'Edge', 'a_b', 'latest']);
    expect(await match({ tags: ['/[A-Z].*/'], pushedBefore: Date.now() })).toEqual(['Edge']);
  });

  it('ten thousand of them take as few queries as ten', async () => {
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`v1.${at}`, `image${at % 500}`]));
    const images = Array.from({ length: 500 }, (_, at) => ({ id: `image${at}`, platform: 'linux/amd64' }));
    await fillIndex(database, 'main', [{ name: 'team/many', tags: many, pushedAt: Date.now() - day }], images);
    let queries = 0;
    const counter: KyselyPlugin = {
      transformQuery: ({ node }) => {
        queries += 1;
        return node;
      },
      transformResult: async ({ result }) => result,
    };
    const counted = new ImageIndex({ ...database, db: database.db.withPlugin(counter) });
    const rows = await listTagRows(counted, 'team/many', {}, { sort: '-version', limit: 51 });
    expect(rows[0]?.name).toBe('v1.9999');
    expect(await countTags(counted, 'team/many', {})).toBe(10_000);
    const { tags } = await tagFigures(
      counted,
      'team/many',
      rows.map(({ digest }) => digest),
    );
    expect(tags.get(digests('image499'))).toBe(20);
    expect(queries).toBe(5);
  });
});
