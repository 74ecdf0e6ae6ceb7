import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labHost, type Scratch, scratch } from '../../../kit/inventory.js';
import { checkout, named, provision, provisionJson } from '../../../kit/provision.js';
import { takeHosts } from '../../../kit/vitest/holding.js';
import { writesDuring } from '../../../kit/watch-writes.js';
import { ImageSetMaker } from '../../../registry/proxy/image-set.js';
import { populate } from '../../../registry/proxy/populate.js';
import { differences } from '../../../registry/proxy/read-back.js';
import { type StartedRegistry, startRegistry } from '../../../registry/proxy/start-registry.js';
import type { S3 } from '../../hosts/gateway.js';
import { objectsOf, s3Down, s3Up } from '../../hosts/s3.js';
import { labUp, placeOf, resetHost, ssh } from '../../lab.js';

const [host] = await takeHosts(1);

/** Images large enough that something is under way when a registry dies. */
const set = new ImageSetMaker();
for (let number = 1; number <= 6; number += 1) {
  const name = `team/app${number}`;
  set.tag(name, '1', set.image(name, [set.layer(name, 12_000_000), set.layer('base', 4_000_000)], { seed: name }));
}

describe('two registries over one bucket, behind haproxy', () => {
  let s3: S3;
  let files: Scratch;
  let source: StartedRegistry;
  let args: string[];
  const front = `${placeOf(host).inside}:5000`;

  beforeAll(async () => {
    await labUp({ vm: false, extra: [host] });
    await resetHost(host);
    files = scratch();
    s3 = await s3Up('images');
    source = await startRegistry();
    await populate(source.url, set);
    const variables = {
      s3_endpoint: s3.endpoint,
      s3_region: s3.region,
      s3_bucket: s3.bucket,
      s3_access_key: s3.accessKey,
      s3_secret_key: s3.secretKey,
      http_secret: 'the same for both',
    };
    const hosts = { hosts: { [host]: null } };
    const inventory = {
      all: { hosts: { [host]: labHost(host, variables) }, children: { registry: hosts, balancer: hosts } },
    };
    args = [
      `${checkout}/examples/s3-replicas/site.yaml`,
      '-i',
      files.write('inventory.json', JSON.stringify(inventory)),
    ];
  });
  afterAll(async () => {
    await source?.close();
    await s3Down();
    files?.remove();
  });

  const list = () => files.write('list.yaml', JSON.stringify([...set.repositories.keys()].map((name) => `${name}:1`)));
  const sync = () =>
    provision(['images', 'sync', list(), '--from', source.url, '--to', `http://${front}`, '--output', 'lines']);
  /** Kills one of the two without a word while a command is at work; systemd starts it again. */
  const killDuring = async <T>(work: Promise<T>): Promise<T> => {
    let atWork = true;
    const done = work.finally(() => {
      atWork = false;
    });
    const killed = await ssh(host, 'sleep 0.5; systemctl kill -s KILL provision-registry-registry5001');
    expect({ ...killed, atWork }).toMatchObject({ exitCode: 0, atWork: true });
    return done;
  };

  it('are set up by one run; the next has nothing to do, and writes nothing', async () => {
    const first = await provisionJson(args);
    expect(named(first.tasks, 'failed', 'kept')).toEqual([]);
    expect(first.stdout + first.stderr).not.toContain(s3.secretKey);
    const mode = await ssh(host, 'stat -c "%a %U %G" /etc/docker/registry/registry5001.yml');
    expect(mode.stdout).toBe('640 root docker-registry');
    const writes = await writesDuring(host, async () => {
      expect(named((await provisionJson(args)).tasks, 'changed', 'kept', 'failed')).toEqual([]);
    });
    expect(writes).toEqual([]);
  });

  it('lose nothing when one dies in the middle of a push', async () => {
    const pushed = await killDuring(sync());
    if (pushed.status !== 0) {
      // It may say so; then the next run brings what is missing.
      expect(pushed.status).toBe(2);
      expect(await sync()).toMatchObject({ status: 0 });
    }
    expect(await differences(`http://${front}`, set)).toEqual([]);
    expect(
      (await objectsOf(s3, 'docker/registry/v2/repositories/team/app1/_manifests/tags/1/')).length,
    ).toBeGreaterThan(0);
    expect(await sync()).toMatchObject({ status: 0, stdout: expect.stringContaining('6 unchanged') });
  });

  it('serve on when one dies in the middle of pulls', async () => {
    const out = `${files.path}/pulled.tar`;
    const saving = provision([
      'images',
      'save',
      list(),
      '--from',
      `http://${front}`,
      '--out',
      out,
      '--output',
      'lines',
    ]);
    expect(await killDuring(saving)).toMatchObject({ status: 0 });
    const elsewhere = await startRegistry();
    try {
      expect(await provision(['images', 'load', out, '--to', elsewhere.url])).toMatchObject({ status: 0 });
      expect(await differences(elsewhere.url, set)).toEqual([]);
    } finally {
      await elsewhere.close();
    }
  });

  it('share what they know of blobs in redis', async () => {
    const keys = await ssh(host, "redis-cli --scan --pattern 'blobs::*' | wc -l");
    expect(Number(keys.stdout)).toBeGreaterThan(0);
  });
});
