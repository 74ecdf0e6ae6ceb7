import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { collectGarbage, type GcOptions } from '../../../src/registry/admin/gc/collect-garbage.js';
import type { GcHost, GcRuntime } from '../../../src/registry/admin/gc/runtime.js';
import { type OpenedRegistry, openRegistry } from '../../../src/registry/client/open.js';
import type { Digest } from '../../../src/registry/digest.js';
import { sh } from '../../../src/sh.js';
import { installed } from '../proxy/start-registry.js';
import { amd64, arm64, pushImage, pushIndex } from './push-image.js';
import { type RegistryOfTest, startWith } from './start-with.js';

const there = installed('docker-registry');
if (!there) console.log('left out: docker-registry is not installed');

// Needs Debian's docker-registry; where all is required, that it lacks is an error.
describe.skipIf(!there)('collecting garbage of docker-registry 2.8.2', () => {
  let server: RegistryOfTest;
  let registry: OpenedRegistry;
  let scripts: string[];
  let kept: { readonly index: Digest; readonly one: Digest };

  beforeEach(async () => {
    server = await startWith();
    registry = openRegistry({ host: server.host });
    scripts = [];
    const one = await pushImage(registry, 'team/web', ['1'], { content: 'kept' });
    const gone = await pushImage(registry, 'team/web', ['2'], { content: 'x'.repeat(5000) });
    await registry.deleteManifest('team/web', gone.digest);
    const { index } = await pushIndex(
      registry,
      'team/multi',
      ['1'],
      [
        { content: 'multi amd64', platform: amd64 },
        { content: 'multi arm64', platform: arm64 },
      ],
    );
    kept = { index: index.digest, one: one.digest };
  });
  afterEach(async () => {
    await registry.close();
    if (existsSync(`${server.home}/pid`)) await host.run(sh`kill "$(cat ${server.home}/pid)"`);
    await server.close();
  });

  /** This machine, by `sh`. */
  const host: GcHost = {
    run: (script) =>
      new Promise((resolve) => {
        scripts.push(script.script);
        execFile('sh', ['-c', script.script], { maxBuffer: 1 << 24 }, (error, stdout, stderr) => {
          resolve({ status: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
        });
      }),
  };

  /** The server that the test started, ended and started again by its process id. */
  const runtime = (overrides: Partial<GcRuntime> = {}): GcRuntime => {
    const start = (setting: string) => sh`cd ${server.home}
pid=$(cat pid 2> /dev/null || echo ${server.pid})
kill "$pid"
while kill -0 "$pid" 2> /dev/null; do sleep 0.02; done
env ${setting} setsid docker-registry serve config.yml < /dev/null > /dev/null 2>&1 &
echo $! > pid`;
    return {
      name: 'docker-registry of a test',
      version: 'docker-registry github.com/docker/distribution 2.8.2+ds1',
      root: `${server.home}/data`,
      collect: (options) => sh`docker-registry garbage-collect ${options} ${server.config}`,
      inside: (script) => script,
      readOnly: () => start('REGISTRY_STORAGE_MAINTENANCE_READONLY={enabled: true}'),
      restore: () => start('OTEL_TRACES_EXPORTER=none'),
      ...overrides,
    };
  };
  const collect = (options: Partial<GcOptions>, overrides?: Partial<GcRuntime>) =>
    collectGarbage(host, runtime(overrides), registry, { deleteUntagged: false, apply: false, ...options });
  const takesWrites = async () => {
    await pushImage(registry, 'team/after', ['1'], { content: 'after' });
    return (await registry.head('team/after', '1')) !== undefined;
  };

  const restarts = () => scripts.filter((script) => script.includes('setsid')).length;

  test('what would go is said, and nothing restarted', async () => {
    const report = await collect({});
    expect(report).toMatchObject({ applied: false, blobs: 2, manifests: 0, tags: 2, notices: [] });
    expect(report.bytes).toBeGreaterThan(5000);
    expect(restarts()).toBe(0);
    expect(await takesWrites()).toBe(true);
  });

  test('it goes in a read-only time; what tags lead to is all there afterwards, and writes are taken again', async () => {
    const planned = await collect({});
    const report = await collect({ apply: true });
    expect(report).toEqual({ ...planned, applied: true });
    expect(restarts()).toBe(2);
    expect((await registry.head('team/multi', '1'))?.digest).toBe(kept.index);
    expect((await registry.head('team/web', '1'))?.digest).toBe(kept.one);
    expect(await collect({})).toMatchObject({ blobs: 0, bytes: 0 });
    expect(await takesWrites()).toBe(true);
  });

  test('--delete-untagged is refused where there is an index, and 2.8.2 would indeed lose its children', async () => {
    await expect(collect({ deleteUntagged: true, apply: true })).rejects.toMatchObject({
      kind: 'unsupported',
      message: expect.stringContaining('would destroy images for several platforms: team/multi:1'),
    });
    expect(scripts).toEqual([]);
    execFileSync('docker-registry', ['garbage-collect', '--delete-untagged', server.config], { stdio: 'ignore' });
    const index = await registry.manifest('team/multi', '1');
    const [child] = JSON.parse(Buffer.from(index?.bytes ?? '').toString()).manifests;
    expect(await registry.head('team/multi', child.digest)).toBeUndefined();
  });

  test('whatever its version says, a collection that would take a child of an index is not run', async () => {
    const saysNewer = { version: 'registry github.com/distribution/distribution/v3 3.1.1' };
    for (const apply of [false, true]) {
      await expect(collect({ deleteUntagged: true, apply }, saysNewer)).rejects.toMatchObject({
        message: expect.stringMatching(
          /^nothing was collected: it would delete what tags lead to: team\/multi: the manifest/,
        ),
      });
    }
    expect((await registry.head('team/multi', '1'))?.digest).toBe(kept.index);
    expect(await takesWrites()).toBe(true);
  });

  test('--delete-untagged without an index takes manifests that no tag names', async () => {
    await registry.deleteManifest('team/multi', kept.index);
    await pushImage(registry, 'team/web', [], { content: 'untagged' });
    const report = await collect({ deleteUntagged: true, apply: true });
    expect(report.manifests).toBe(3); // That one, and both children.
    expect((await registry.head('team/web', '1'))?.digest).toBe(kept.one);
  });

  test('a collection that fails: the registry is writable again', async () => {
    const failing = { collect: () => sh`echo no such config >&2; exit 3` };
    await expect(collect({ apply: true }, failing)).rejects.toThrow(
      'could not try the collection: no such config (exit status 3)',
    );
    expect(restarts()).toBe(2);
    expect(await takesWrites()).toBe(true);
  });

  test('a registry that still takes writes in its read-only time: nothing is collected', async () => {
    const [still, collected] = [sh`:`, scripts];
    await expect(collect({ apply: true }, { readOnly: () => still })).rejects.toThrow('still takes uploads');
    expect(collected.filter((script) => script.includes('garbage-collect'))).toEqual([]);
  });

  test('a registry that cannot be made writable again: the script to run is given', async () => {
    const restore = () => sh`echo no systemd >&2; exit 1`;
    await expect(collect({ apply: true }, { restore })).rejects.toMatchObject({
      message: 'the registry could not be made writable again: no systemd',
      hint: 'run this on its host:\necho no systemd >&2; exit 1',
    });
  });

  test('interrupted before the collection: writable again, nothing deleted', async () => {
    const interrupt = new AbortController();
    const progress = (line: string) => line === 'dry run' && interrupt.abort();
    await expect(collect({ apply: true, progress, signal: interrupt.signal })).rejects.toThrow(/abort/);
    expect(await takesWrites()).toBe(true);
    expect(await collect({})).toMatchObject({ blobs: 2 });
  });

  test('a collection that takes what its dry run did not name: what is missing is said', async () => {
    const blobs = `${server.home}/data/docker/registry/v2/blobs`;
    const collect_ = (options: readonly string[]) =>
      options.includes('--dry-run')
        ? sh`docker-registry garbage-collect ${options} ${server.config}`
        : sh`rm -r ${blobs}; echo half-way >&2; exit 1`;
    await expect(collect({ apply: true }, { collect: collect_ })).rejects.toMatchObject({
      kind: 'corrupt',
      message: expect.stringMatching(
        /^could not collect garbage: half-way .*; and missing after the collection: .*manifest sha256/,
      ),
    });
  });
});
