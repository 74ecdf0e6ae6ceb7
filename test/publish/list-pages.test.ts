import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storeContent } from '../../src/publish/crane/store-content.js';
import { folderStore } from '../../src/publish/stores/folder-store.js';
import { startCrane, type TestCrane, writeFiles } from './crane-kit.js';
import { run } from './published-kit.js';

const cdn = 'http://cdn.example.com';
const tags = ['1.0', '1.1', '2.0', 'latest'];
const redirect = (name: string, more = {}) => ({
  version: 2,
  repository: name,
  'repo-registry-id': name,
  url: `${cdn}/${name}/`,
  ...more,
});
const files = {
  'web.json': redirect('web'),
  'app.json': redirect('app'),
  'broken.json': redirect('broken'),
  'secret.json': redirect('secret', { protected: true }),
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'publish-pages-'));
  writeFiles(folder, {
    'web/tags/list': { name: 'web', tags: tags.toReversed() },
    'app/tags/list': { name: 'app', tags: null },
    'broken/tags/list': ['1.0'],
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.each([
  ['a store', () => ({ store: storeContent({ store: folderStore(folder), url: cdn }) })],
  ['a folder of content', () => ({ folders: { v2: folder } })],
])('lists of %s', (_, options) => {
  let crane: TestCrane;
  beforeAll(async () => {
    crane = await startCrane(files, options());
  });
  afterAll(() => crane.close());

  /** Follows the links of pages. */
  async function pages(path: string): Promise<unknown[]> {
    const found: unknown[] = [];
    for (let next: string | undefined = path; next !== undefined; ) {
      const { status, headers, body } = await crane.ask(next);
      found.push(status === 200 ? JSON.parse(body) : status);
      next = /^<(.*)>; rel="next"$/.exec(String(headers.link ?? ''))?.[1];
    }
    return found;
  }

  it('tags come by pages, with a link to the next', async () => {
    expect(await pages('/v2/web/tags/list?n=3')).toEqual([
      { name: 'web', tags: ['1.0', '1.1', '2.0'] },
      { name: 'web', tags: ['latest'] },
    ]);
    expect(await pages('/v2/web/tags/list?n=4')).toEqual([{ name: 'web', tags }]);
    expect(await pages('/v2/web/tags/list?last=1.1')).toEqual([{ name: 'web', tags: ['2.0', 'latest'] }]);
    expect(await pages('/v2/web/tags/list?n=0')).toEqual([{ name: 'web', tags: [] }]);
    expect(await pages('/v2/app/tags/list?n=2')).toEqual([{ name: 'app', tags: [] }]);
  });

  it('a list is sent as it is stored where no page is wanted', async () => {
    expect(await pages('/v2/web/tags/list')).toEqual([{ name: 'web', tags: tags.toReversed() }]);
  });

  it('a page of no number is refused, and a list that is none is an error of the server', async () => {
    const { status, body } = await crane.ask('/v2/web/tags/list?n=x');
    expect([status, JSON.parse(body).errors[0].code]).toEqual([400, 'PAGINATION_NUMBER_INVALID']);
    expect((await crane.ask('/v2/_catalog?n=-1')).status).toBe(400);
    expect((await crane.ask('/v2/broken/tags/list?n=1')).status).toBe(502);
    expect(crane.errors.join('')).toContain('the list of tags of broken is none');
  });

  it('repositories come by pages, without those that the visitor may not read', async () => {
    expect(await pages('/v2/_catalog')).toEqual([{ repositories: ['app', 'broken', 'web'] }]);
    expect(await pages('/v2/_catalog?n=2')).toEqual([{ repositories: ['app', 'broken'] }, { repositories: ['web'] }]);
  });

  it('skopeo lists the tags', async () => {
    const from = `docker://${new URL(crane.url).host}/web`;
    expect(JSON.parse(await run('skopeo', 'list-tags', '--tls-verify=false', from)).Tags).toEqual(tags.toReversed());
  });
});

it('redirects lead to the list that is there, with its query left out', async () => {
  const crane = await startCrane(files);
  const { status, headers } = await crane.ask('/v2/web/tags/list?n=3');
  expect([status, headers.location]).toEqual([302, `${cdn}/web/tags/list`]);
  expect((await crane.ask('/v2/_catalog')).status).toBe(404);
  await crane.close();
});
