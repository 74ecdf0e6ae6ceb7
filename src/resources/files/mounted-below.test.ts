import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { check, converge } from '../../../test/kit/converge-locally.js';
import { canSandbox, SandboxedHost } from '../../../test/kit/sandboxed-host.js';
import { embedded_registry } from '../embedded/embedded-registry.js';
import { mount } from '../mounts/mount/mount.js';
import { directory } from './directory.js';

/** Names of folders below which something is mounted; mountinfo escapes some of their letters, and `#` not. */
const names = ['p#q', ' a b ', 'back\\040slash%b', "it's*ü"];

describe.runIf(canSandbox)('what is mounted', () => {
  let folder = '';
  let host: SandboxedHost;
  const shell = async (script: string) => {
    const [command = '', ...args] = [...host.way, 'sh', '-c', script];
    return (await execa(command, args)).stdout;
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'provision-mounted-'));
    mkdirSync(join(folder, 'sandbox'));
    host = await SandboxedHost.start(join(folder, 'sandbox'));
  });
  afterAll(async () => {
    await host.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    'dash',
    'bash --posix',
    'busybox sh',
  ])('is not deleted with the directory that it lies in, whatever its name and the links to it: %s', async (shellOf) => {
    const at = join(folder, `below-${shellOf.split(' ')[0]}`);
    for (const name of names) {
      const path = join(at, name);
      mkdirSync(join(path, 'sub'), { recursive: true });
      writeFileSync(join(path, 'file'), 'precious\n');
      const quoted = `'${join(path, 'sub').replaceAll("'", `'\\''`)}'`;
      await shell(`mount -t tmpfs t ${quoted} && echo precious >${quoted}/f`);
    }
    symlinkSync(at, `${at}-link`);
    for (const path of [...names.map((name) => join(at, name)), join(`${at}-link`, names[0] ?? '')]) {
      const task = directory({ path, state: 'absent', recurse: true, force: true });
      const plan = await check(task, { way: host.way, shell: shellOf });
      const real = path.replace(`${at}-link`, at);
      expect(plan).toMatchObject({ verdict: 'refused', message: `${real}/sub is mounted, so nothing was removed` });
      expect(readFileSync(join(path, 'file'), 'utf8')).toBe('precious\n');
    }
  });

  it('since the look is not deleted either, and a file system is not left', async () => {
    const path = join(folder, 'late # one');
    mkdirSync(join(path, 'sub'), { recursive: true });
    const { resource } = directory({ path, state: 'absent', recurse: true, force: true });
    writeFileSync(join(path, 'file'), '');
    const plan = await check({ kind: 'task', name: '', resource }, { way: host.way });
    if (plan.verdict !== 'change' || plan.apply.via !== 'sh') throw new Error('no change was planned');
    await shell(`mount -t tmpfs t '${path}/sub'`);
    const [command = '', ...args] = [...host.way, 'sh', '-c', plan.apply.script.script];
    await expect(execa(command, args)).rejects.toMatchObject({
      stderr: `${path}/sub is mounted, so nothing was removed`,
    });
    expect(readFileSync(join(path, 'file'), 'utf8')).toBe('');
  });

  it('is not deleted with the program of a registry, nor with its images', async () => {
    const [home, images] = [join(folder, 'home'), join(folder, 'images')];
    mkdirSync(join(home, 'made'), { recursive: true });
    writeFileSync(join(home, 'made/program'), 'v1\n');
    mkdirSync(join(images, 'volume'), { recursive: true });
    await shell(`mount -t tmpfs t '${images}/volume'`);
    const absent = (remove_images: boolean) =>
      check(embedded_registry({ state: 'absent', home, directory: images, remove_images }), { way: host.way });
    expect(await absent(false)).toMatchObject({ verdict: 'change', summary: 'removed' });
    expect(await absent(true)).toMatchObject({
      verdict: 'refused',
      message: `${images}/volume is mounted, so nothing was removed`,
      hint: expect.stringContaining('remove_images: false'),
    });
    await shell(`mkdir '${home}/sub' && mount -t tmpfs t '${home}/sub'`);
    expect(await absent(false)).toMatchObject({ message: `${home}/sub is mounted, so nothing was removed` });
  });

  it.each(names)('at a path is seen by the next run, which mounts nothing on top: %s', async (name) => {
    const path = join(folder, 'mounts', name);
    mkdirSync(path, { recursive: true });
    const params = { path, src: 'tm pfs#1', fstype: 'tmpfs', opts: 'size=1m' };
    expect(await converge(mount(params), { way: host.way })).toMatchObject({ failure: undefined });
    expect(await check(mount(params), { way: host.way })).toEqual({ verdict: 'ok' });
    symlinkSync(join(folder, 'mounts'), join(folder, `link to ${name}`));
    const byLink = mount({ path: join(folder, `link to ${name}`, name), state: 'unmounted' });
    expect(await check(byLink, { way: host.way })).toMatchObject({ verdict: 'refused', hint: `set path: ${path}` });
    expect(await converge(mount({ path, state: 'absent' }), { way: host.way })).toMatchObject({
      plan: { summary: 'unmounted, fstab updated' },
      failure: undefined,
    });
    expect(await shell('cat /etc/fstab; grep -c /mounts/ /proc/self/mountinfo || :')).toBe('0');
  });
});
