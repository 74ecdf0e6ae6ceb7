import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkout } from '../../kit/provision.js';
import { type CountingProxy, countingProxy } from '../proxy/counting-proxy.js';
import { ImageSetMaker } from '../proxy/image-set.js';
import { populate } from '../proxy/populate.js';
import { differences } from '../proxy/read-back.js';
import { installed, type StartedRegistry, startRegistry } from '../proxy/start-registry.js';

/** One source, several targets: each blob crosses the source's line once. */
describe.skipIf(!installed('docker-registry'))('a sync to three registries', () => {
  let source: StartedRegistry;
  let line: CountingProxy;
  let targets: StartedRegistry[];
  let folder: string;
  beforeAll(async () => {
    [source, folder, ...targets] = await Promise.all([
      startRegistry({ memory: true }),
      mkdtemp(join(tmpdir(), 'provision-fan-out-')),
      startRegistry({ memory: true }),
      startRegistry({ memory: true }),
      startRegistry({ memory: true }),
    ]);
    line = await countingProxy({ target: source.url });
  });
  afterAll(async () => {
    await line?.close();
    await Promise.all([source, ...targets].map((each) => each?.close()));
    await rm(folder, { recursive: true });
  });

  it('fetches each blob and manifest once, and leaves nothing of the spool behind', async () => {
    const set = new ImageSetMaker();
    const base = set.layer('base', 2_000_000);
    for (const name of ['web', 'db', 'cache']) {
      set.tag(`team/${name}`, '1', set.image(`team/${name}`, [base, set.layer(name, 300_000)], { seed: name }));
    }
    await populate(source.url, set);
    const list = join(folder, 'list.yaml');
    await writeFile(list, '- team/web:1\n- team/db:1\n- team/cache:1\n');
    const to = targets.flatMap(({ url }) => ['--to', url]);
    const run = await execa(
      'node',
      [
        join(checkout, 'dist/src/cli/main.js'),
        'images',
        'sync',
        list,
        '--from',
        line.url,
        ...to,
        '--attachments',
        'none',
        '--verify',
        'deep',
      ],
      { env: { HOME: folder, XDG_STATE_HOME: folder, TMPDIR: folder }, reject: false },
    );
    expect(run.stderr).toBe('');
    expect(run.exitCode).toBe(0);
    for (const target of targets) expect(await differences(target.url, set)).toEqual([]);
    expect(line.counts.requests['blob-get']).toBe(set.blobs.size);
    expect(line.counts.requests['manifest-get']).toBe(3);
    const { stdout } = await execa('ls', [folder]);
    expect(stdout).not.toContain('provision-images-');
  });
});
