import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import { imagesFileText } from '../../../src/registry/lists/tripleo/prepare-files.js';
import { prepareImages } from '../../../src/registry/lists/tripleo/prepare-images.js';
import { ImageSetMaker, tagsOf } from '../proxy/image-set.js';
import { populate } from '../proxy/populate.js';
import { differences } from '../proxy/read-back.js';
import { installed, type StartedRegistry, startRegistry } from '../proxy/start-registry.js';
import { type SyncPlace, syncPlace } from './run-sync.js';

const template = fileURLToPath(new URL('../../kit/lists/overcloud_containers.yaml.j2', import.meta.url));

/** What `openstack overcloud container image prepare` writes for an undercloud, synced from one registry to another. */
describe.skipIf(!installed('docker-registry'))('the images of an overcloud', () => {
  let source: StartedRegistry;
  let target: StartedRegistry;
  let place: SyncPlace;
  let folder: string;
  beforeAll(async () => {
    [source, target, place, folder] = await Promise.all([
      startRegistry({ memory: true }),
      startRegistry({ memory: true }),
      syncPlace(),
      mkdtemp(join(tmpdir(), 'provision-tripleo-')),
    ]);
  });
  afterAll(async () => {
    await Promise.all([source, target, place].map((each) => each?.close()));
    await rm(folder, { recursive: true });
  });

  it('are 88, brought over by the images file, and again nothing to do in two requests an image', async () => {
    const host = new URL(source.url).host;
    const diagnostics = new Diagnostics();
    const prepared = prepareImages(
      { file: template, text: readFileSync(template, 'utf8') },
      {
        set: {
          namespace: `${host}/rhosp13`,
          name_prefix: 'openstack-',
          tag: '13.0',
          ceph_namespace: `${host}/ceph`,
          ceph_image: 'rhceph-3-rhel7',
          ceph_tag: 'latest',
        },
        pushDestination: new URL(target.url).host,
      },
      diagnostics,
    );
    diagnostics.throwIfAny();
    const images = prepared?.images ?? [];
    const set = new ImageSetMaker();
    const base = set.layer('base', 20_000);
    for (const { imagename } of images) {
      const [, repository = '', tag = ''] = /^[^/]*\/(.*):([^:]*)$/.exec(imagename) ?? [];
      set.tag(repository, tag, set.image(repository, [base, set.layer(imagename, 2000)], { seed: imagename }));
    }
    await populate(source.url, set);
    const list = join(folder, 'overcloud_containers.yaml');
    await writeFile(list, imagesFileText(images));

    const first = await place.sync(readFileSync(list, 'utf8'), source.url, target.url);
    expect(first.stderr).toBe('');
    expect(first.report?.totals).toMatchObject({ images: 88, copied: 88, failed: 0 });
    expect(tagsOf(set)).toHaveLength(88);
    expect(await differences(target.url, set)).toEqual([]);

    const once = ['--attachments', 'once'];
    const second = await place.sync(readFileSync(list, 'utf8'), source.url, target.url, once);
    expect(second).toMatchObject({ status: 0 });
    expect(second.report?.totals).toMatchObject({ unchanged: 88, requestsToSource: 88, requestsToTarget: 88 });
  });
});
