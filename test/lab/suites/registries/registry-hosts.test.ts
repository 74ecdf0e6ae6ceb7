import { beforeAll, describe, expect, it } from 'vitest';
import { throughProxy } from '../../../kit/connection/through-proxy.js';
import { type JsonRun, named, provision, provisionJson } from '../../../kit/provision.js';
import { holding } from '../../../kit/vitest/holding.js';
import { writesDuring } from '../../../kit/watch-writes.js';
import { resetHost, ssh } from '../../lab.js';

holding('registry1', 'client1');

const lab = ['test/lab/suites/sites/registry.yaml', '-i', 'inventories/lab.yaml'];

/** From bare to done, again, and mended: one story on two hosts, so the tests run in this order. */
describe('registry hosts over ssh', () => {
  let predicted: JsonRun;
  let first: JsonRun;

  beforeAll(async () => {
    await resetHost('registry1', 'client1');
  });

  it('checks a bare host without failing and without writing', async () => {
    const writes = await writesDuring('registry1', async () => {
      predicted = await provisionJson([...lab, '--check', '--diff']);
    });
    expect(predicted.status).toBe(0);
    expect(writes).toEqual([]);
    expect(named(predicted.tasks, 'changed', 'failed')).toEqual([]);
    expect(named(predicted.tasks, 'would-change').length).toBeGreaterThan(0);
  });

  it('takes bare hosts to a registry with images, with one command', async () => {
    first = await provisionJson(lab);
    expect(named(first.tasks, 'failed')).toEqual([]);
    expect(first.status).toBe(0);
  });

  it('had predicted the run: what it called certain is what came', () => {
    const changed = new Set(named(first.tasks, 'changed'));
    expect(named(predicted.tasks, 'would-change').filter((task) => !changed.has(task))).toEqual([]);
    expect(named(predicted.tasks, 'ok').filter((task) => changed.has(task))).toEqual([]);
  });

  it('serves the synced images: client1 pulls from registry1', async () => {
    for (const image of ['library/busybox:1', 'mirror/mariadb:13.0']) {
      expect(await ssh('client1', `docker pull registry1:5000/${image}`)).toMatchObject({ exitCode: 0 });
    }
    const { stdout } = await ssh('client1', 'docker run --rm registry1:5000/library/busybox:1 echo from the registry');
    expect(stdout).toBe('from the registry');
  });

  it('holds the images that upstream has, byte for byte: the digest stays', async () => {
    const digest = async (registry: string, manifest: string): Promise<string> => {
      const accept = 'application/vnd.docker.distribution.manifest.v2+json';
      const { stdout } = await ssh('registry1', `curl -sfI -H 'Accept: ${accept}' http://${registry}/v2/${manifest}`);
      return /^docker-content-digest: (\S+)/im.exec(stdout)?.[1] ?? stdout;
    };
    const upstream = await digest('upstream:5000', 'rhosp13/openstack-mariadb/manifests/13.0');
    expect(upstream).toMatch(/^sha256:/);
    expect(await digest('registry1:5000', 'mirror/mariadb/manifests/13.0')).toBe(upstream);
  });

  it('finds nothing to do when run again, and writes nothing', async () => {
    let second: JsonRun | undefined;
    const writes = await writesDuring('registry1', async () => {
      second = await provisionJson(lab);
    });
    expect(named(second?.tasks ?? [], 'changed', 'failed', 'kept')).toEqual([]);
    expect(second?.report.hosts.registry1).toMatchObject({ changed: 0, failed: 0, kept: 0, unreachable: 0 });
    expect(writes).toEqual([]);
  });

  it('does so in at most 14 round trips, connection included', async () => {
    const { result, roundTrips } = await throughProxy('registry1', (inventory) =>
      provisionJson([lab[0] ?? '', '-i', inventory, '--limit', 'registry1']),
    );
    expect(result.report.hosts.registry1).toMatchObject({ changed: 0, failed: 0 });
    expect(roundTrips).toBeLessThanOrEqual(14);
  });

  it('only looks with --no-sync, and lists what is there with -v', async () => {
    const { status, stdout } = await provision([
      ...lab,
      '--limit',
      'registry1',
      '--no-sync',
      '-v',
      '--output',
      'lines',
    ]);
    expect(status).toBe(0);
    expect(stdout).toContain('mirror/mariadb');
    expect(stdout).toMatch(/changed=0/);
  });

  it('copies one image again when it is gone, and nothing else', async () => {
    const remove =
      "d=$(curl -sI -H 'Accept: application/vnd.docker.distribution.manifest.v2+json' http://registry1:5000/v2/mirror/mariadb/manifests/13.0" +
      " | tr -d '\\r' | sed -n 's/^Docker-Content-Digest: //p'); curl -sfX DELETE http://registry1:5000/v2/mirror/mariadb/manifests/$d";
    expect(await ssh('registry1', remove)).toMatchObject({ exitCode: 0 });
    const run = await provisionJson([...lab, '--limit', 'registry1']);
    expect(run.tasks.filter(({ outcome }) => outcome === 'changed').map(({ role }) => role)).toEqual(['image-sync']);
    expect(run.tasks.find(({ outcome }) => outcome === 'changed')?.summary).toContain('mirror/mariadb:13.0');
  });
});
