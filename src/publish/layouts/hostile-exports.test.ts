import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { pulpExport, v1Id } from '../../../test/publish/exported-images.js';
import { type MadeEntry, makeTar } from '../../../test/registry/archives/make-tar.js';
import { folderStore } from '../stores/folder-store.js';
import { publish } from '../verbs/publish.js';
import { appFolder } from './app-name.js';
import { openPulpExport, pulpExportLayout } from './pulp-export.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'publish-exports-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const good = pulpExport('acme', [{ tag: 'latest', layers: [{ word: 'a', layer: Buffer.from('layer a') }] }]);

/** Publishes an export to a folder. @returns its keys, and the notices */
async function publishEntries(entries: readonly MadeEntry[]) {
  const path = join(folder, 'export.tar');
  writeFileSync(path, makeTar(entries));
  const opened = await openPulpExport(path);
  if (opened === undefined) return 'no export';
  const store = folderStore(join(folder, 'out'));
  try {
    const layout = pulpExportLayout(opened, { app: 'acme', name: 'acme', mask: new Set() });
    const { publication } = await publish({ layout, store, access: 'private' });
    const keys: string[] = [];
    for await (const { key } of store.list('')) keys.push(key);
    return { keys, notices: publication.notices };
  } finally {
    await opened.tree.close();
  }
}

const own = ['ancestry', 'json', 'layer'].map((file) => `acme/${v1Id('a')}/${file}`);

it('an export with nothing odd is published', async () => {
  expect(await publishEntries(good)).toEqual({ keys: own, notices: [] });
});

it.each([
  '.hidden',
  '-a',
  'a b',
  'ä',
  'a'.repeat(129),
  'a\u001b[2K',
  '%2e%2e',
])('an image by the name %j is left out', async (id) => {
  // Both halves of a name in a header of ustar are full then.
  const files = id.length > 100 ? ['layer'] : ['ancestry', 'json', 'layer'];
  const entries = files.map((file) => ({ name: `web/${id}/${file}`, content: '[]' }));
  const result = await publishEntries([...good, ...entries]);
  expect(result).toMatchObject({
    keys: own,
    notices: [expect.stringMatching(/^left out, as no image has such files: /)],
  });
});

it('files beside those of an image are left out, by name', async () => {
  const result = await publishEntries([...good, { name: `web/${v1Id('a')}/evil`, content: 'x' }]);
  expect(result).toEqual({ keys: own, notices: [`left out, as no image has such files: "${v1Id('a')}/evil"`] });
});

it.each([
  ['a name that leaves the archive', [{ name: '../../etc/passwd', content: 'x' }]],
  ['an absolute name', [{ name: '/etc/passwd', content: 'x' }]],
  ['a link out of the archive', [{ name: `web/${v1Id('b')}/layer`, type: '2', link: '../../../../etc/passwd' }]],
  ['an image without a layer', [{ name: `web/${v1Id('b')}/json`, content: '{}' }]],
  [
    'an ancestry of another',
    ['ancestry', 'json', 'layer'].map((file) => ({
      name: `web/${v1Id('b')}/${file}`,
      content: JSON.stringify([v1Id('c')]),
    })),
  ],
  [
    'an ancestry that leaves its folder',
    ['ancestry', 'json', 'layer'].map((file) => ({ name: `web/${v1Id('b')}/${file}`, content: '["../../x"]' })),
  ],
  ['a header that lies', [{ name: `web/${v1Id('b')}/layer`, content: 'x', size: 10 ** 9 }]],
])('%s is refused, and nothing is stored', async (_, entries) => {
  await expect(publishEntries([...good, ...entries])).rejects.toMatchObject({ kind: 'corrupt' });
});

it('what has no folder web is no export', async () => {
  expect(await publishEntries([{ name: 'a.json', content: '{}' }])).toBe('no export');
  await expect(
    publishEntries([
      { name: 'a.json', content: '{}' },
      { name: 'web/.x/layer', content: '' },
    ]),
  ).rejects.toMatchObject({
    kind: 'input',
  });
});

it.each([
  '..',
  '.',
  '',
  'a/b/c',
  '/a',
  'a/',
  'A',
  'a b',
  '../a',
  'a\n',
  'ä',
  'a'.repeat(200),
])('%j is no application', (app) => {
  expect(() => appFolder(app)).toThrow(expect.objectContaining({ kind: 'input' }));
});

it('a slash in the name of an application is a hyphen in its folder', () => {
  expect([appFolder('acme/my-app'), appFolder('acme_1.x')]).toEqual(['acme-my-app', 'acme_1.x']);
});
