import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { json, layoutFiles, makeImage, refName } from '../../../test/registry/archives/make-image.js';
import { entriesOf, makeTar } from '../../../test/registry/archives/make-tar.js';
import { openArchive } from './open.js';
import { readSavedImageId } from './saved-image-id.js';

const folder = mkdtempSync(join(tmpdir(), 'provision-nulls-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'images.tar');
const write = (files: Iterable<[string, string | Buffer]>) => writeFileSync(path, makeTar(entriesOf(new Map(files))));

async function namesIn(): Promise<string[]> {
  const archive = await openArchive(path);
  try {
    const found: string[] = [];
    for (const repository of await archive.repositories())
      for (const tag of await archive.tags(repository)) {
        const raw = await archive.manifest(repository, tag);
        found.push(`${repository}:${tag} ${JSON.parse(Buffer.from(raw?.bytes ?? []).toString()).layers?.length}`);
      }
    return found;
  } finally {
    await archive.close();
  }
}

it.each([
  ['no diff_ids', { type: 'layers' }],
  ['null for them', { type: 'layers', diff_ids: null }],
])('what docker saves of an image without layers was refused: %s', async (_, rootfs) => {
  write([
    ['c.json', json({ os: 'linux', architecture: 'amd64', created: null, rootfs })],
    ['manifest.json', json([{ Config: 'c.json', RepoTags: ['team/scratch:1'], Layers: null }])],
  ]);
  expect(await namesIn()).toEqual(['team/scratch:1 0']);
  expect((await readSavedImageId(path, 'team/scratch:1'))?.created).toBeUndefined();
});

it('an image with layers and a config that names none is damaged', async () => {
  write([
    ['c.json', json({ rootfs: null })],
    ['0.tar', makeTar([{ name: 'a', content: 'a' }])],
    ['manifest.json', json([{ Config: 'c.json', RepoTags: ['team/a:1'], Layers: ['0.tar'] }])],
  ]);
  await expect(openArchive(path)).rejects.toThrow('has 1 layers, and its config names 0');
});

it('null in the documents of docker before 1.10 was refused', async () => {
  const id = '0'.repeat(64);
  write([
    ['repositories', json({ 'team/old': { '1': id }, 'team/none': null })],
    [`${id}/json`, json({ id, parent: null, created: null, author: null, comment: null, container_config: null })],
    [`${id}/layer.tar`, makeTar([{ name: 'a', content: 'a' }])],
  ]);
  expect(await namesIn()).toEqual(['team/old:1 1']);
});

it('null in the index of an OCI layout was refused', async () => {
  const files = layoutFiles([{ image: makeImage({ layers: ['a'] }), annotations: refName('team/web:1') }]);
  const index = JSON.parse(String(files.get('index.json')));
  const manifests = index.manifests.map((each: object) => ({
    ...each,
    urls: null,
    platform: null,
    artifactType: null,
  }));
  files.set('index.json', json({ ...index, manifests, annotations: null, subject: null }));
  write(files);
  expect(await namesIn()).toEqual(['team/web:1 1']);
  files.set('index.json', json({ schemaVersion: 2, manifests: null }));
  write(files);
  expect(await namesIn()).toEqual([]);
});
