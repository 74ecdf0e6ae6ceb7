import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PublishLayout } from '../../src/publish/layouts/publication.js';
import { openPulpExport, pulpExportLayout } from '../../src/publish/layouts/pulp-export.js';
import { pulpLayout } from '../../src/publish/layouts/pulp-layout.js';
import { staticLayout } from '../../src/publish/layouts/static-layout.js';
import type { Redirect } from '../../src/publish/redirects/redirect.js';
import { chooseArchived } from '../../src/publish/sources/choose-images.js';
import { folderStore } from '../../src/publish/stores/folder-store.js';
import type { ObjectStore } from '../../src/publish/stores/object-store.js';
import { publish } from '../../src/publish/verbs/publish.js';
import type { ArchiveSource } from '../../src/registry/archive/archive-source.js';
import { openArchive } from '../../src/registry/archive/open.js';
import { checkout } from '../kit/provision.js';
import { keysOf, newStore } from './bucket-kit.js';

let folder: string;
let archive: ArchiveSource;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'publish-'));
  archive = await openArchive(join(checkout, 'examples/hello.tar'));
});
afterAll(async () => {
  await archive.close();
  rmSync(folder, { recursive: true });
});

const store = async (kind: string, name: string): Promise<ObjectStore> =>
  kind === 'bucket' ? await newStore() : folderStore(join(folder, name));

describe.each(['bucket', 'folder'])('in a %s', (kind) => {
  it('a registry without a server has its blobs before manifests, tags and lists, and is not stored again', async () => {
    const to = await store(kind, 'static');
    const layout = () => staticLayout(chooseArchived(archive, undefined), 'team/hello');
    const order: string[] = [];
    const first = await publish({
      layout: layout(),
      store: to,
      access: 'private',
      report: (event) => void (event.event === 'stored' && order.push(event.object.key.split('/').at(-2) ?? '')),
    });
    expect(first.stored.objects).toBe(first.publication.objects.length);
    const [lastBlob, manifest] = [order.lastIndexOf('blobs'), order.indexOf('manifests')];
    expect(lastBlob).toBeGreaterThan(0);
    expect(manifest).toBeGreaterThan(lastBlob);
    expect(order.indexOf('tags')).toBeGreaterThan(order.lastIndexOf('manifests'));
    expect(first.publication.objects.at(-1)?.key).toBe('v2/_catalog');
    const tag = await to.head('v2/team/hello/manifests/1.0');
    expect(tag?.contentType).toMatch(/^application\/vnd\.(oci|docker)\..*\+json$/);
    const second = await publish({ layout: layout(), store: to, access: 'private' });
    expect(second.stored).toEqual({ objects: 0, bytes: 0 });
    expect(second.traffic.bytes).toBe(0);
    await to.close();
  });

  it('a dry run stores nothing', async () => {
    const to = await store(kind, 'dry');
    const layout = staticLayout(chooseArchived(archive, undefined), 'team/hello');
    const { stored } = await publish({ layout, store: to, access: 'private', isDryRun: true });
    expect(stored.objects).toBeGreaterThan(3);
    expect(await keysOf(to)).toEqual([]);
    await to.close();
  });

  it('the tree of Pulp 2 has a redirect file, written when all else is there', async () => {
    const to = await store(kind, 'pulp');
    const layout: PublishLayout = pulpLayout(chooseArchived(archive, undefined), {
      app: 'hello',
      name: 'team/hello',
      version: 4,
    });
    const written: Redirect[] = [];
    const write = async (redirect: Redirect) => {
      expect(await keysOf(to)).toContain('hello/manifests/list/1.0');
      written.push(redirect);
    };
    await publish({ layout, store: to, access: 'private', redirect: { url: 'https://cdn.example.com/hello/', write } });
    expect(written).toMatchObject([{ version: 4, name: 'team/hello', url: 'https://cdn.example.com/hello/' }]);
    await to.close();
  });
});

describe('an export of Pulp 2', () => {
  it.each([
    ['no', [], 0],
    ['two', ['a.json', 'b.json'], 2],
  ])('with %s files of metadata is refused', async (_, names) => {
    const at = mkdtempSync(join(folder, 'export-'));
    await execa('mkdir', ['-p', join(at, 'web/abc')]);
    await execa('touch', [join(at, 'web/abc/json')]);
    for (const name of names) await execa('touch', [join(at, name)]);
    const tar = `${at}.tar`;
    await execa('tar', ['cf', tar, '-C', at, '.']);
    await expect(openPulpExport(tar)).rejects.toThrow('More than one metadata file found');
  });

  it('goes to a bucket as the older tool stored it', async () => {
    const at = mkdtempSync(join(folder, 'export-'));
    const [base, top] = ['a'.repeat(64), 'b'.repeat(64)];
    const files = {
      'acme-app.json': JSON.stringify({
        version: 1,
        repository: 'acme-app',
        'repo-registry-id': 'acme/app',
        url: 'http://old.example.com/',
        images: [{ id: base }, { id: top }],
        tags: { latest: top },
      }),
      [`web/${base}/layer`]: 'layer of base',
      [`web/${base}/json`]: JSON.stringify({ id: base }),
      [`web/${base}/ancestry`]: JSON.stringify([base]),
      [`web/${top}/layer`]: 'layer of top',
      [`web/${top}/json`]: JSON.stringify({ id: top, parent: base }),
      [`web/${top}/ancestry`]: JSON.stringify([top, base]),
    };
    for (const [path, text] of Object.entries(files)) {
      await execa('mkdir', ['-p', join(at, path, '..')]);
      await execa('tee', [join(at, path)], { input: text });
    }
    const tar = `${at}.tar`;
    await execa('tar', ['cf', tar, '-C', at, 'acme-app.json', 'web']);
    const to = await newStore();
    const opened = await openPulpExport(tar);
    if (opened === undefined) throw new Error('it is no export');
    const plan = (mask: readonly string[]) =>
      pulpExportLayout(opened, { app: 'acme-app', name: 'acme/app', mask: new Set(mask) });
    const { publication } = await publish({ layout: plan([base]), store: to, access: 'private' });
    expect(publication.notices).toEqual(Array(3).fill(`Skipping layer ${base}`));
    expect(await keysOf(to)).toEqual(['ancestry', 'json', 'layer'].map((name) => `acme-app/${top}/${name}`));
    await publish({ layout: plan([]), store: to, access: 'private' });
    expect(await keysOf(to)).toHaveLength(6);
    expect(String(await to.read(`acme-app/${base}/layer`, 100))).toBe('layer of base');
    expect(await to.head(`acme-app/${base}/json`)).toMatchObject({ contentType: 'application/json' });
    await Promise.all([to.close(), opened.tree.close()]);
  });
});
