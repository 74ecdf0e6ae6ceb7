import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyByEngine } from '../../../roles/image-sync/copy-by-engine.js';
import { findProgram } from '../../lab/machine/packages.js';
import { ImageSetMaker } from '../proxy/image-set.js';
import { populate } from '../proxy/populate.js';
import { installed, type StartedRegistry, startRegistry } from '../proxy/start-registry.js';

/** A host with podman and no docker: its podman pulls, tags and pushes. */
describe.skipIf(!installed('docker-registry') || !has('podman'))('image_sync_via: engine, by podman', () => {
  let source: StartedRegistry;
  let target: StartedRegistry;
  let folder: string;
  beforeAll(async () => {
    [source, target, folder] = await Promise.all([
      startRegistry(),
      startRegistry(),
      mkdtemp(join(tmpdir(), 'podman-')),
    ]);
  });
  afterAll(async () => {
    await Promise.all([source?.close(), target?.close()]);
    await execa(
      'podman',
      ['--root', join(folder, 'root'), '--runroot', join(folder, 'run'), 'system', 'reset', '--force'],
      { reject: false },
    );
    await rm(folder, { recursive: true, force: true });
  });

  it('brings an image over and removes what it did not have before; what fails is named', async () => {
    const set = new ImageSetMaker();
    set.tag('team/web', '1', set.image('team/web', [set.layer('web', 5000)], { seed: 'web' }));
    await populate(source.url, set);
    const host = ({ url }: StartedRegistry) => new URL(url).host;
    const bin = join(folder, 'bin');
    await mkdir(bin);
    for (const name of ['sh', 'tail', 'printf', 'cat']) await symlink(path(name), join(bin, name));
    const storage = `--root ${join(folder, 'root')} --runroot ${join(folder, 'run')} --storage-driver vfs`;
    const registries = join(folder, 'registries.conf');
    await writeFile(
      registries,
      [source, target].map((each) => `[[registry]]\nlocation = "${host(each)}"\ninsecure = true\n`).join(''),
    );
    await writeFile(
      join(bin, 'podman'),
      `#!/bin/sh\nPATH=/usr/bin:/usr/sbin:/bin exec ${path('podman')} ${storage} "$@"\n`,
      { mode: 0o755 },
    );
    const images = ['web', 'gone'].map((name) => ({ name: `team/${name}`, tag: '1', target: `mirror/${name}` }));
    const { script } = copyByEngine(images, host(source), host(target));
    const run = await execa('sh', ['-c', script], {
      env: { PATH: bin, CONTAINERS_REGISTRIES_CONF: registries },
      extendEnv: false,
    });
    expect(run.stdout).toContain('result ok mirror/web:1');
    expect(run.stdout).toMatch(/result failed mirror\/gone:1: .*manifest unknown/);
    const tags = await fetch(`${target.url}/v2/mirror/web/tags/list`).then((answer) => answer.json());
    expect(tags).toEqual({ name: 'mirror/web', tags: ['1'] });
    const left = await execa(join(bin, 'podman'), ['images', '-q']);
    expect(left.stdout).toBe('');
  });
});

function has(program: string): boolean {
  if (findProgram(program) !== undefined) return true;
  if (process.env.PROVISION_REQUIRE_LAB === '1') throw new Error(`${program} is not installed`);
  return false;
}

function path(program: string): string {
  const found = findProgram(program);
  if (found === undefined) throw new Error(`there is no ${program}`);
  return found;
}
