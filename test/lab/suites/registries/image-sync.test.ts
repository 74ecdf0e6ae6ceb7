import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labHost, type Scratch, scratch } from '../../../kit/inventory.js';
import { named, provision, provisionJson, type TaskEnd } from '../../../kit/provision.js';
import { holding } from '../../../kit/vitest/holding.js';
import { type CountingProxy, countingProxy } from '../../../registry/proxy/counting-proxy.js';
import { ImageSetMaker } from '../../../registry/proxy/image-set.js';
import { populate } from '../../../registry/proxy/populate.js';
import { type StartedRegistry, startRegistry } from '../../../registry/proxy/start-registry.js';
import { labUp, resetHost, ssh } from '../../lab.js';

holding('registry1', 'registry2');

/** Who moves the bytes: the host, the controller for several hosts, and what is said of images that can't be had. */
describe('image-sync, by the ways that images go', () => {
  const set = new ImageSetMaker();
  let files: Scratch;
  let source: StartedRegistry;
  let near: CountingProxy;
  let inventory: string;

  beforeAll(async () => {
    await labUp({ vm: false, extra: ['registry2'] });
    await resetHost('registry1', 'registry2');
    files = scratch();
    source = await startRegistry();
    near = await countingProxy({ target: source.url, auth: { service: 'near' } });
    const base = set.layer('base', 3_000_000);
    for (const name of ['web', 'db'])
      set.tag(`team/${name}`, '1', set.image(`team/${name}`, [base, set.layer(name, 100_000)], { seed: name }));
    const children = ['amd64', 'arm64'].map((architecture) => ({
      architecture,
      manifest: set.image('team/both', [base], { seed: architecture, architecture }),
    }));
    set.tag('team/both', '1', set.index('team/both', children));
    await populate(source.url, set);
    inventory = files.inventory({ registry1: labHost('registry1'), registry2: labHost('registry2') });
    const roles = files.write(
      'up.yaml',
      '- hosts: all\n  roles: [{ role: registry-setup, vars: { registry_runtime: package } }]\n',
    );
    const up = await provisionJson([roles, '-i', inventory]);
    expect(named(up.tasks, 'failed')).toEqual([]);
  });
  afterAll(async () => {
    await near?.close();
    await source?.close();
    files?.remove();
  });

  const site = (name: string, hosts: string, vars: string) =>
    files.write(
      `${name}.yaml`,
      `- hosts: ${hosts}\n  roles: [image-sync]\n  vars: { image_sync_local: "localhost:5000", ${vars} }\n`,
    );
  const fromNear = () =>
    `image_sync_upstream: "${near.host}", image_sync_images: ["team/web:1", "team/db:1", "team/both:1"]`;
  const imagesTask = (tasks: readonly TaskEnd[], host: string) =>
    tasks.find((task) => task.host === host && task.task.startsWith('images from'));

  it('tells what it would copy, in bytes and blobs, and copies nothing', async () => {
    const run = await provisionJson([site('near', 'all', fromNear()), '-i', inventory, '--check', '-v']);
    expect(run.status).toBe(0);
    expect(imagesTask(run.tasks, 'registry1')).toMatchObject({ outcome: 'would-change' });
    expect(imagesTask(run.tasks, 'registry1')?.summary).toContain('copied 3 of 3 images via direct, 3.2 MB in 7 blobs');
    expect((await ssh('registry1', 'curl -s localhost:5000/v2/_catalog')).stdout).toBe('{"repositories":[]}');
  });

  it('copies by way of the controller what only that reaches; each blob crosses the line of the source once for two hosts', async () => {
    near.reset();
    const run = await provisionJson([site('near', 'all', fromNear()), '-i', inventory, '-v']);
    expect(named(run.tasks, 'failed')).toEqual([]);
    // The first of all is answered with the challenge, and asked again.
    expect(near.counts.requests['blob-get']).toBe(set.blobs.size + 1);
    for (const host of ['registry1', 'registry2']) {
      const { stdout } = await ssh(
        host,
        "curl -sI -H 'Accept: application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.oci.image.index.v1+json' localhost:5000/v2/team/both/manifests/1 | tr -d '\\r' | sed -n 's/^Docker-Content-Digest: //p'",
      );
      expect(stdout.trim()).toBe(set.repositories.get('team/both')?.tags.get('1'));
    }
    const again = await provisionJson([site('near', 'all', fromNear()), '-i', inventory]);
    expect(named(again.tasks, 'changed', 'failed')).toEqual([]);
  });

  it('has the host move them where it reaches the source, with no byte of a layer by way of the controller', async () => {
    const vars =
      'image_sync_upstream: "http://upstream:5000", image_sync_images: ["library/busybox:1", "tools/multiarch:1.0", "tools/gone:1"]';
    const run = await provisionJson([site('host', 'registry1', vars), '-i', inventory, '-v']);
    const task = imagesTask(run.tasks, 'registry1');
    expect(run.status).toBe(2);
    expect(task?.summary).toContain('tools/gone:1 (upstream:5000 does not have tools/gone:1)');
    const { stdout } = await ssh('registry1', 'curl -s localhost:5000/v2/_catalog');
    expect(JSON.parse(stdout).repositories).toEqual(expect.arrayContaining(['library/busybox', 'tools/multiarch']));
  });

  it('takes a list from a file, with its mistakes at their places', async () => {
    files.write('images.txt', 'library/busybox:1\nlibrary/Busybox:1\n');
    const wrong = await provision([
      site('list', 'registry1', 'image_sync_upstream: "http://upstream:5000", image_sync_list: images.txt'),
      '-i',
      inventory,
      '--no-color',
    ]);
    expect(wrong.status).toBe(1);
    expect(wrong.stderr).toContain('images.txt:2');
    files.write('images.txt', 'library/busybox:1\n');
    const right = await provisionJson([
      site('list', 'registry1', 'image_sync_upstream: "http://upstream:5000", image_sync_list: images.txt'),
      '-i',
      inventory,
    ]);
    expect(named(right.tasks, 'changed', 'failed')).toEqual([]);
  });
});
