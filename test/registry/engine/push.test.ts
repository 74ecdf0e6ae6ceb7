import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRegistry } from '../../../src/registry/client/open.js';
import { type RegistryServer, serveRegistry } from '../../../src/registry/server/serve.js';
import { findProgram } from '../../lab/machine/packages.js';
import { runImages } from '../admin/run-command.js';
import { ImageSetMaker, type MadeManifest } from '../proxy/image-set.js';
import { populate } from '../proxy/populate.js';

/**
 * Images between engines of this machine and registries. podman has a storage of its own, by a program of that name
 * before it in PATH; docker's images have names that no other test has.
 */
const engines = (['docker', 'podman'] as const).filter((name) => isThere(name));

describe.each(engines)('images push and pull, with %s', (engine) => {
  let folder: string;
  let source: RegistryServer;
  let target: RegistryServer;
  let index: MadeManifest;
  let amd: MadeManifest;
  const path = process.env.PATH ?? '';
  const name = `provision-push-${process.pid}`;
  const calls = async () => (await readFile(join(folder, 'calls'), 'utf8')).split('\n');

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'provision-push-'));
    [source, target] = (await Promise.all(['a', 'b'].map((each) => serveRegistry({ dir: join(folder, each) })))) as [
      RegistryServer,
      RegistryServer,
    ];
    const set = new ImageSetMaker();
    const base = [1, 2, 3].map((number) => set.layer(`base ${number}`, 1_500_000));
    [amd] = [set.image('team/web', [...base, set.layer('amd', 3000)], { seed: 'amd' })];
    const arm = set.image('team/web', [...base, set.layer('arm', 3000)], { seed: 'arm', architecture: 'arm64' });
    index = set.index('team/web', [
      { manifest: amd, architecture: 'amd64' },
      { manifest: arm, architecture: 'arm64' },
    ]);
    set.tag('team/web', '1', index);
    await populate(source.url, set);
    const storage = engine === 'podman' ? `--root ${folder}/root --runroot ${folder}/run --storage-driver vfs` : '';
    await mkdir(join(folder, 'bin'));
    const program = join(folder, 'bin', engine);
    await writeFile(program, `#!/bin/sh\necho "$1" >>${folder}/calls\nexec ${findProgram(engine)} ${storage} "$@"\n`);
    await chmod(program, 0o755);
    process.env.PATH = `${join(folder, 'bin')}:${path}`;
  });
  afterAll(async () => {
    const left = await ours();
    if (left.length > 0) await execa(engine, ['image', 'rm', '-f', ...left]);
    if (engine === 'podman') await execa(engine, ['system', 'reset', '--force'], { reject: false });
    process.env.PATH = path;
    await Promise.all([source.close(0), target.close(0)]);
    await rm(folder, { recursive: true, force: true });
  });

  /** Names in the engine that are of this test. */
  const ours = async () => {
    const { stdout } = await execa(engine, ['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}']);
    return stdout.split('\n').filter((each) => each.includes(name));
  };
  const idOf = async (reference: string) =>
    (await execa(engine, ['image', 'inspect', '--format', '{{.Id}}', reference])).stdout.replace(/^sha256:/, '');
  const configOf = (manifest: MadeManifest) => JSON.parse(manifest.bytes.toString()).config.digest.slice(7);

  it('brings one platform of an index into the engine, as a stream, and knows it the next time', async () => {
    const pull = [
      'pull',
      `${source.host}/team/web:1`,
      '--as',
      `${name}:1`,
      '--engine',
      engine,
      '--platform',
      'linux/amd64',
    ];
    const first = await runImages(...pull);
    expect(first).toMatchObject({ status: 0, stderr: '' });
    expect(first.stdout).toMatch(new RegExp(`copied +${name}:1 ${amd.digest} `));
    expect(await idOf(`${name}:1`)).toBe(configOf(amd));
    const again = await runImages(...pull);
    expect(again).toMatchObject({ status: 0, stdout: `unchanged ${name}:1 ${amd.digest}\n` });
  });

  it('pushes it without a tag in the engine, and reads nothing of it the next time; one that lacks fails alone', async () => {
    const before = await ours();
    const push = ['push', `${name}:1`, `${name}-nope:1`, '--engine', engine, '--to', `${target.host}/mirror`, '--json'];
    const first = await runImages(...push);
    expect(first.status).toBe(2);
    const [report] = JSON.parse(first.stdout);
    expect(report.images).toMatchObject([
      { name: `mirror/${name}:1`, state: 'copied' },
      {
        name: `mirror/${name}-nope:1`,
        state: 'failed',
        error: { kind: 'not-found', message: `there is no image ${name}-nope:1 on this machine` },
      },
    ]);
    expect(await ours()).toEqual(before);
    const registry = openRegistry({ host: target.host });
    const pushed = await registry.manifest(`mirror/${name}`, '1');
    await registry.close();
    expect(JSON.parse(Buffer.from(pushed?.bytes ?? []).toString()).config.digest).toBe(`sha256:${configOf(amd)}`);
    // Layers that fit in memory are packed as they go by, and sent from there.
    const saves = (await calls()).filter((call) => call === 'save').length;
    expect(saves).toBe(1);
    const [second] = JSON.parse((await runImages(...push)).stdout);
    expect(second.images[0]).toMatchObject({ state: 'unchanged' });
    expect((await calls()).filter((call) => call === 'save')).toHaveLength(saves);
  });

  it('takes an image that the registry has as part of an index for the same', async () => {
    const result = await runImages('push', `${name}:1`, '--as', 'team/web:1', '--engine', engine, '--to', source.host);
    expect(result.status).toBe(0);
    expect(result.stdout).toMatch(new RegExp(`^unchanged team/web:1 ${index.digest}\n`));
  });

  it('lists what the engine has', async () => {
    const { status, stdout } = await runImages('push', '--engine', engine);
    expect(status).toBe(0);
    expect(stdout).toMatch(new RegExp(`${name}:1 +${configOf(amd).slice(0, 12)} +`));
  });

  it.each([
    [['push', 'Web:1', '--to', 'r.test'], /"Web:1" is not an image: repositories are written in small letters: web/],
    [['push', 'a:1', 'localhost/a:1', '--to', 'r.test'], /a:1 and localhost\/a:1 would both become a:1/],
    [['push', 'a:1', 'b:1', '--as', 'c:1', '--to', 'r.test'], /--as names one image, and 2 are given/],
    [['push', 'a:1'], /no target registry is given/],
    [['pull', 'r.test/a:1', 'r.test/b:1', '--as', 'c:1'], /--as names one image, and 2 are given/],
  ])('refuses %j before anything moves', async (args, words) => {
    const { status, stderr } = await runImages(...args, '--engine', engine);
    expect(status).toBe(1);
    expect(stderr).toMatch(words);
  });

  it('says so where a registry lacks the image, and loads nothing', async () => {
    const { status, stdout } = await runImages(
      'pull',
      `${source.host}/team/none:1`,
      '--as',
      `${name}:9`,
      '--engine',
      engine,
    );
    expect(status).toBe(2);
    expect(stdout).toContain(`failed    ${name}:9: ${source.host} does not have team/none:1`);
  });
});

/** Tells whether an engine is there and answers; where everything is required, that it doesn't is an error. */
function isThere(name: string): boolean {
  if (findProgram(name) !== undefined) return true;
  if (process.env.PROVISION_REQUIRE_LAB === '1') throw new Error(`${name} is not installed`);
  return false;
}
