import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PublishLayout } from '../../src/publish/layouts/publication.js';
import { chooseArchived } from '../../src/publish/layouts/published-images.js';
import { openPulpExport, pulpExportLayout } from '../../src/publish/layouts/pulp-export.js';
import { staticLayout } from '../../src/publish/layouts/static-layout.js';
import { staticPlaces } from '../../src/publish/layouts/v2-places.js';
import type { ImageRedirect } from '../../src/publish/redirects/redirect.js';
import type { ObjectStore } from '../../src/publish/stores/object-store.js';
import { publish } from '../../src/publish/verbs/publish.js';
import { publicationStatus } from '../../src/publish/verbs/status.js';
import { withdrawTags } from '../../src/publish/verbs/withdraw.js';
import { withdrawV1Tags } from '../../src/publish/verbs/withdraw-v1.js';
import type { ArchiveSource } from '../../src/registry/archive/archive-source.js';
import { openArchive } from '../../src/registry/archive/open.js';
import { layoutFiles, makeImage, makeIndex, refName } from '../registry/archives/make-image.js';
import { entriesOf } from '../registry/archives/make-tar.js';
import { keysOf, newStore, objectOf } from './bucket-kit.js';
import { pulpExport, v1Id } from './exported-images.js';
import { writeTar } from './published-kit.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'publish-withdraw-'));
});
const archives: ArchiveSource[] = [];
afterAll(async () => {
  await Promise.all(archives.map((archive) => archive.close()));
  rmSync(folder, { recursive: true, force: true });
});

const shared = makeImage({ layers: ['base', 'shared'] });
const own = makeImage({ layers: ['base', 'own'], architecture: 'arm64' });
const index = makeIndex({ amd64: shared, arm64: own });
const signature = makeImage({ layers: ['signature'], subject: index.raw });

async function layoutOf(name: string): Promise<PublishLayout> {
  const files = layoutFiles([
    { image: index, annotations: refName('web:both') },
    { image: shared, annotations: refName('web:one') },
    { image: signature },
  ]);
  const archive = await openArchive(writeTar(join(folder, `${name}.tar`), entriesOf(files)));
  archives.push(archive);
  return staticLayout(chooseArchived(archive, undefined), name);
}

/** Store that notes what is deleted and stored, in this order. */
function noting(store: ObjectStore): { store: ObjectStore; done: string[] } {
  const done: string[] = [];
  return {
    done,
    store: {
      name: store.name,
      url: store.url,
      traffic: store.traffic,
      head: (key) => store.head(key),
      list: (prefix) => store.list(prefix),
      read: (key, most) => store.read(key, most),
      open: (key, from) => store.open(key, from),
      put: async (object, bytes) => {
        await store.put(object, bytes);
        done.push(`put ${object.key}`);
      },
      upload: (object, read) => store.upload(object, read),
      delete: async (keys) => {
        await store.delete(keys);
        done.push(...keys.map((key) => `delete ${key}`));
      },
      close: () => store.close(),
    },
  };
}

it('a tag goes first, then manifests from the top, then what nothing else needs', async () => {
  const real = await newStore();
  const layout = await layoutOf('web');
  await publish({ layout, store: real, access: 'private' });
  const before = await keysOf(real);
  const { store, done } = noting(real);
  const options = { store, places: staticPlaces('web'), name: 'web', access: 'private', wait: 0 } as const;
  const dry = await withdrawTags({ ...options, tags: ['both'], isDryRun: true });
  expect([done, await keysOf(real)]).toEqual([[], before]);
  const gone = await withdrawTags({ ...options, tags: ['both'] });
  expect(gone).toEqual(dry);
  const manifest = (reference: string) => `delete v2/web/manifests/${reference}`;
  const fallback = index.raw.digest.replace(':', '-');
  const note = 'v2/web/blobs/.withdrawn';
  expect(done.slice(0, 2)).toEqual([`put ${note}`, 'put v2/web/tags/list']);
  expect(done.slice(2, 5).sort()).toEqual(
    [manifest('both'), manifest(fallback), `delete v2/web/referrers/${index.raw.digest}`].sort(),
  );
  expect(done.indexOf(manifest(index.raw.digest))).toBeLessThan(done.indexOf(manifest(own.raw.digest)));
  const firstBlob = done.findIndex((each) => each.includes('/blobs/sha256:'));
  expect(done.slice(firstBlob, -1).every((each) => each.includes('/blobs/'))).toBe(true);
  expect(done.at(-1)).toBe(`delete ${note}`);
  const left = await keysOf(real, 'v2/web/');
  const kept = [...shared.blobs.keys()]
    .filter((digest) => digest !== shared.raw.digest)
    .map((digest) => `v2/web/blobs/${digest}`);
  expect(left).toEqual(
    [...kept, 'v2/web/manifests/one', `v2/web/manifests/${shared.raw.digest}`, 'v2/web/tags/list'].sort(),
  );
  await expect(withdrawTags({ ...options, tags: ['both'] })).rejects.toMatchObject({ kind: 'not-found' });
  await withdrawTags({ ...options, tags: undefined });
  expect(await keysOf(real, 'v2/web/')).toEqual([]);
  await real.close();
});

it('what somebody is still publishing is not taken from them', async () => {
  const store = await newStore();
  await publish({ layout: await layoutOf('busy'), store, access: 'private' });
  const key = `v2/busy/blobs/sha256:${'a'.repeat(64)}`;
  await store.put(objectOf(key, Buffer.from('a')), Buffer.from('a'));
  const options = { store, places: staticPlaces('busy'), name: 'busy', access: 'private', wait: 0 } as const;
  await withdrawTags({ ...options, tags: undefined });
  expect(await keysOf(store, 'v2/busy/')).toEqual([key]);
  await store.close();
});

it('the status is what source, store and redirect file do not have in common, with sizes', async () => {
  const store = await newStore();
  const layout = await layoutOf('state');
  const { publication } = await publish({ layout, store, access: 'private' });
  const clean = await publicationStatus(store, publication, 'v2/state/');
  expect([clean.missing, clean.different, clean.besides]).toEqual([[], [], []]);
  const blob = publication.objects.find(({ stage }) => stage === 0);
  await store.delete([blob?.key ?? '']);
  const extra = Buffer.from('extra');
  await store.put(objectOf('v2/state/other', extra), extra);
  const { missing, besides } = await publicationStatus(store, publication, 'v2/state/');
  expect(missing).toEqual([{ key: blob?.key, size: blob?.size }]);
  expect(besides).toEqual([{ key: 'v2/state/other', size: 5 }]);
  await store.close();
});

it('images of v1 go when no tag of the redirect file needs them, and it knows what the store lacks', async () => {
  const store = await newStore();
  const layer = (word: string) => ({ word, layer: Buffer.from(word) });
  const exported = [
    { tag: 'old', layers: [layer('base'), layer('old')] },
    { tag: 'new', layers: [layer('base'), layer('new')] },
  ];
  const opened = await openPulpExport(writeTar(join(folder, 'v1.tar'), pulpExport('acme', exported)));
  if (opened === undefined) throw new Error('it is an export');
  const layout = pulpExportLayout(opened, { app: 'acme', name: 'acme', mask: new Set() });
  let redirect: ImageRedirect | undefined;
  const report = await publish({
    layout,
    store,
    access: 'private',
    redirect: {
      url: 'https://cdn.example.com/acme/',
      async write(written) {
        if (written.version === 1) redirect = written;
      },
    },
  });
  if (redirect === undefined) throw new Error('there is a redirect file');
  const clean = await publicationStatus(store, report.publication, 'acme/', redirect);
  expect([clean.dangling, clean.unnamed]).toEqual([[], []]);
  const order: string[] = [];
  const deleted = await withdrawV1Tags({
    store,
    folder: 'acme/',
    name: 'acme',
    readRedirect: () => redirect,
    tags: ['old'],
    wait: 0,
    async writeRedirect(next) {
      const objects = (await keysOf(store, 'acme/')).filter((key) => !key.endsWith('/blobs/.withdrawn')).length;
      order.push(`${Object.keys(next?.tags ?? {})} of ${next?.images.length} images, ${objects} objects`);
      redirect = next;
    },
  });
  // Who has the id of an image by the old tag still gets its layers until the second.
  expect(order).toEqual(['new of 3 images, 9 objects', 'new of 2 images, 9 objects']);
  expect(deleted).toEqual(['ancestry', 'json', 'layer'].map((file) => `acme/${v1Id('old')}/${file}`));
  expect([redirect?.tags, redirect?.images.length]).toEqual([{ new: v1Id('new') }, 2]);
  await store.delete([`acme/${v1Id('new')}/ancestry`]);
  const { dangling } = await publicationStatus(store, report.publication, 'acme/', redirect);
  expect(dangling).toEqual([`acme/${v1Id('new')}/ancestry`]);
  await Promise.all([store.close(), opened.tree.close()]);
});
