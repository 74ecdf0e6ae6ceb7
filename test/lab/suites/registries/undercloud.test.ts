import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Diagnostics } from '../../../../src/diagnostics/diagnostic.js';
import { environmentFileText, imagesFileText } from '../../../../src/registry/lists/tripleo/prepare-files.js';
import { prepareImages } from '../../../../src/registry/lists/tripleo/prepare-images.js';
import { throughProxy } from '../../../kit/connection/through-proxy.js';
import { labHost, type Scratch, scratch } from '../../../kit/inventory.js';
import { named, provisionJson } from '../../../kit/provision.js';
import { holding } from '../../../kit/vitest/holding.js';
import { writesDuring } from '../../../kit/watch-writes.js';
import { ImageSetMaker } from '../../../registry/proxy/image-set.js';
import { populate } from '../../../registry/proxy/populate.js';
import { becomeRocky, makeUndercloud, openstackCalls, overcloudTemplate } from '../../hosts/undercloud.js';
import { labUp, placeOf, resetHost, ssh } from '../../lab.js';

const host = 'undercloud';
holding('undercloud');
const cdnPort = 5001;
const cdn = `${host}:${cdnPort}`;

/** Ceph's image is nowhere in the lab; it is taken from beside the others. */
const ceph = { ceph_namespace: `${cdn}/ceph`, ceph_image: 'rhceph', ceph_tag: '3' };

const vars = {
  docker_registry_setup_upstream_hostname: host,
  docker_registry_setup_upstream_port: cdnPort,
  docker_registry_setup_prepare_set: ceph,
};

const files = ['upstream-container-images.yaml', 'overcloud-container-images.yaml'] as const;
const prepare = [
  ...['overcloud', 'container', 'image', 'prepare'],
  ...[`--namespace=${cdn}/rhosp13`, `--push-destination=${host}:8787`, '--prefix=openstack-'],
  ...[`--output-env-file=${files[1]}`, '--tag', '13.0', `--output-images-file=${files[0]}`],
  ...Object.entries(ceph).flatMap(([key, value]) => ['--set', `${key}=${value}`]),
];
const upload = ['overcloud', 'container', 'image', 'upload', '--verbose', '--config-file', files[0]];
const tripleo = ['tripleo', 'container', 'image', 'prepare', '-e', files[0], `--output-env-file=${files[1]}`];

describe('docker-registry-setup on an undercloud', () => {
  let folder: Scratch;
  let site: string;
  let inventory: string;

  beforeAll(async () => {
    folder = scratch();
    site = folder.write('site.yaml', `- hosts: ${host}\n  roles: [docker-registry-setup]\n`);
    inventory = folder.inventory({ [host]: labHost(host) });
    await labUp({ vm: false, extra: [host] });
    await resetHost(host);
    await makeUndercloud(host);
    await cdnWith88Images();
    const wall = 'yum install -y -q iptables-services >/dev/null 2>&1 && systemctl enable -q --now iptables';
    expect(await ssh(host, wall)).toMatchObject({ exitCode: 0 });
  });
  afterAll(() => folder.remove());

  const run = (more: Record<string, unknown> = {}, ...flags: string[]) =>
    provisionJson([site, '-i', inventory, '-e', JSON.stringify({ ...vars, ...more }), ...flags]);
  const calls = async () => (await openstackCalls(host)).map(({ words }) => words);
  const stackFile = async (name: string) => `${(await ssh(host, `cat /home/stack/${name}`)).stdout}\n`;
  const inStackHome = async () => (await ssh(host, 'ls /home/stack')).stdout.split('\n');

  it('is foreseen by check mode, which writes nothing and asks for nothing', async () => {
    const writes = await writesDuring(host, async () => {
      const { status, tasks } = await run({}, '--check');
      expect(status).toBe(0);
      expect(named(tasks, 'failed', 'changed')).toEqual([]);
      expect(named(tasks, 'would-change')).toContain(`${host} docker-registry-setup prepare the list of images`);
      expect(named(tasks, 'unknown')).toContain(`${host} docker-registry-setup upload the images`);
    });
    expect(writes.filter(notByRpm)).toEqual([]);
    expect(await calls()).toEqual([]);
  });

  it('prepares once and uploads once, as user stack with its stackrc', async () => {
    const before = await stackFile('../../etc/docker-distribution/registry/config.yml');
    const { status, tasks } = await run();
    expect(named(tasks, 'failed', 'kept')).toEqual([]);
    expect(status).toBe(0);
    const asked = await openstackCalls(host);
    expect(asked.map(({ words }) => words)).toEqual([prepare, upload]);
    const cloud = `http://${placeOf(host).inside}:5000/`;
    for (const call of asked) expect(call).toMatchObject({ user: 'stack', cloud, cwd: '/home/stack' });
    expect(await stackFile('../../etc/docker-distribution/registry/config.yml')).toBe(before);
  });

  it('has then the 88 images and 136 parameters that the template makes', async () => {
    const diagnostics = new Diagnostics();
    const template = { file: overcloudTemplate, text: await readFile(overcloudTemplate, 'utf8') };
    const expected = prepareImages(
      template,
      { namespace: `${cdn}/rhosp13`, prefix: 'openstack-', tag: '13.0', set: ceph, pushDestination: `${host}:8787` },
      diagnostics,
    );
    diagnostics.throwIfAny();
    expect(expected?.images).toHaveLength(88);
    expect(Object.keys(expected?.parameters ?? {})).toHaveLength(136);
    expect(await stackFile(files[0])).toBe(imagesFileText(expected?.images ?? []));
    const environment = environmentFileText(expected?.parameters ?? {}, `openstack ${prepare.join(' ')}`, new Date(0));
    const generated = /^# Generated with the following on .*$/m;
    expect((await stackFile(files[1])).replace(generated, '')).toBe(environment.replace(generated, ''));
    const { stdout } = await ssh(host, `curl -s 'http://${host}:8787/v2/_catalog?n=500'`);
    expect(JSON.parse(stdout).repositories).toHaveLength(88);
  });

  it('has its port open in the firewall, also after that starts again', async () => {
    const open = 'iptables -S INPUT | grep -- "--dport 8787"';
    const { stdout } = await ssh(host, `${open} && systemctl restart iptables && ${open}`);
    expect(stdout.split('\n')).toHaveLength(2);
  });

  it('has nothing to do again, in no more round trips than any host', async () => {
    const writes = await writesDuring(host, async () => {
      const { status, tasks } = await run();
      expect(status).toBe(0);
      expect(named(tasks, 'changed', 'failed')).toEqual([]);
    });
    expect(writes.filter(notByRpm)).toEqual([]);
    const checked = await run({}, '--check');
    expect(named(checked.tasks, 'would-change', 'unknown', 'failed')).toEqual([]);
    expect(await calls()).toEqual([]);
    const { roundTrips } = await throughProxy(host, (through) =>
      provisionJson([site, '-i', through, '--limit', host, '-e', JSON.stringify(vars)]),
    );
    expect(roundTrips).toBeLessThanOrEqual(11);
  });

  it('leaves files that other options made as they are, unless forced: then a copy stays', async () => {
    const [other, forced] = [{ docker_registry_setup_prepare_excludes: ['swift'] }, '--force'] as const;
    const kept = await run(other);
    expect(named(kept.tasks, 'kept')).toContain(`${host} docker-registry-setup prepare the list of images`);
    expect(named(kept.tasks, 'changed', 'failed')).toEqual([]);
    expect(await calls()).toEqual([]);
    const anew = await run(other, forced);
    expect(anew.status).toBe(0);
    expect(await calls()).toEqual([[...prepare, '--exclude', 'swift']]);
    expect((await inStackHome()).filter((name) => name.endsWith('.bak'))).toHaveLength(2);
    await ssh(host, 'rm /home/stack/*.yaml /home/stack/*.bak');
  });

  it('brings images that are missing or differ, and only looks with --no-sync', async () => {
    await ssh(host, 'rm -r /var/lib/registry/docker/registry/v2/repositories/rhosp13/openstack-redis');
    const look = await run({}, '--no-sync');
    expect(look.status).toBe(0);
    expect(named(look.tasks, 'changed', 'failed')).toEqual([]);
    expect(await calls()).toEqual([]);
    expect((await run()).status).toBe(0);
    expect(await calls()).toEqual([prepare, upload]);
  });

  it('lets our own sync bring what the command listed, where image_sync_via says so', async () => {
    await ssh(host, 'rm -r /home/stack/*.yaml /var/lib/registry/docker; systemctl restart docker-distribution');
    const own = await run({ image_sync_via: 'target' });
    expect(named(own.tasks, 'failed')).toEqual([]);
    expect(await calls()).toEqual([prepare]);
    const { stdout } = await ssh(host, `curl -s 'http://${host}:8787/v2/_catalog?n=500'`);
    expect(JSON.parse(stdout).repositories).toHaveLength(88);
    expect(named((await run({ image_sync_via: 'target' })).tasks, 'changed', 'failed')).toEqual([]);
    expect(await calls()).toEqual([]);
  });

  it('takes each image by the tag that its label says', async () => {
    await ssh(host, 'rm -r /home/stack/*.yaml /var/lib/registry/docker; systemctl restart docker-distribution');
    const labelled = { docker_registry_setup_tag_from_label: '{seed}' };
    const first = await run(labelled);
    expect(named(first.tasks, 'failed')).toEqual([]);
    const words = prepare.flatMap((word, at) =>
      word === '--tag' ? ['--tag-from-label', '{seed}'] : prepare[at - 1] === '--tag' ? [] : [word],
    );
    expect(await calls()).toEqual([words, upload]);
    const tags = [...(await stackFile(files[0])).matchAll(/imagename: .*:(.*)$/gm)].map(([, tag]) => tag);
    expect(new Set(tags).size).toBe(88);
    expect(named((await run(labelled)).tasks, 'changed', 'failed')).toEqual([]);
    expect(await calls()).toEqual([]);
  });

  it('asks the newer command where the client knows it, which uploads by itself', async () => {
    await becomeRocky(host, true);
    await ssh(host, 'rm -r /home/stack/*.yaml /var/lib/registry/docker; systemctl restart docker-distribution');
    const first = await run();
    expect(named(first.tasks, 'failed', 'kept')).toEqual([]);
    expect(await calls()).toEqual([tripleo]);
    expect(await stackFile(files[0])).toContain(`namespace: "${cdn}/rhosp13"`);
    expect((await stackFile(files[1])).match(/Image: /g)).toHaveLength(136);
    expect(named((await run()).tasks, 'changed', 'failed')).toEqual([]);
    expect(await calls()).toEqual([]);
    await ssh(host, 'rm -r /home/stack/*.yaml /var/lib/registry/docker; systemctl restart docker-distribution');
    const own = await run({ image_sync_via: 'auto' });
    expect(named(own.tasks, 'failed', 'kept')).toEqual([]);
    expect(await calls()).toEqual([[...tripleo, '--dry-run']]);
    expect(named((await run()).tasks, 'changed', 'failed')).toEqual([]);
    await becomeRocky(host, false);
  });

  it('is no undercloud where one part of the profile is missing, or the variables say so', async () => {
    const said = async (more: Record<string, unknown>) => {
      const { tasks } = await run({ docker_registry_setup_sync: false, ...more }, '--check');
      return tasks.find(({ task }) => task.startsWith('check:'))?.summary;
    };
    const profile = (more: object) => ({ docker_registry_setup_undercloud_profile: more });
    expect(await said({})).toMatch(/^an undercloud; http:/);
    expect(await said(profile({ services: ['openstack-heat-engine.service'] }))).toMatch(/^no undercloud; /);
    expect(await said(profile({ packages: ['python2-openstackclient'] }))).toMatch(/^no undercloud; /);
    expect(await said({ docker_registry_setup_undercloud_check: false })).toMatch(/^no undercloud; /);
    expect(
      await said({ docker_registry_setup_undercloud_check: false, docker_registry_setup_on_undercloud: true }),
    ).toMatch(/^an undercloud; /);
  });
});

/** rpm opens its database's log to write even where it only reads. */
function notByRpm(write: string): boolean {
  return !write.includes('/var/lib/rpm/rpmdb.sqlite-');
}

/** A registry of its own on the host plays the content delivery network: it has all the images that the template names. */
async function cdnWith88Images(): Promise<void> {
  const config = `version: 0.1\nstorage: { filesystem: { rootdirectory: /srv/cdn } }\nhttp: { addr: ":${cdnPort}" }\n`;
  const started = await ssh(
    host,
    'cat >/srv/cdn.yml && yum install -y -q skopeo >/dev/null 2>&1 && systemd-run -q --unit cdn /usr/bin/registry serve /srv/cdn.yml && sleep 1',
    { input: config },
  );
  expect(started).toMatchObject({ exitCode: 0 });
  const diagnostics = new Diagnostics();
  const template = { file: overcloudTemplate, text: await readFile(overcloudTemplate, 'utf8') };
  const prepared = prepareImages(
    template,
    { namespace: `${cdn}/rhosp13`, prefix: 'openstack-', tag: '13.0', set: ceph },
    diagnostics,
  );
  diagnostics.throwIfAny();
  const set = new ImageSetMaker();
  const base = set.layer('base', 20_000);
  for (const { imagename } of prepared?.images ?? []) {
    const [, repository = '', tag = ''] = /^[^/]*\/(.*):([^:]*)$/.exec(imagename) ?? [];
    const version = `13.0-${set.repositories.size}`;
    const image = set.image(repository, [base, set.layer(imagename, 2000)], { seed: version });
    for (const each of [tag, version, ...(repository.startsWith('ceph/') ? [] : ['current-tripleo'])]) {
      set.tag(repository, each, image);
    }
  }
  await populate(`http://${placeOf(host).inside}:${cdnPort}`, set);
}
