import { chmod, lchown, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registry_storage } from '../../../roles/registry-setup/storage/registry-storage.js';
import { check, converge } from '../../../test/kit/converge-locally.js';
import type { Task } from '../../model/task.js';
import { embedded_registry } from '../embedded/embedded-registry.js';
import { block } from '../files/block.js';
import { directory } from '../files/directory.js';
import { file } from '../files/file.js';
import { link } from '../files/link.js';
import { unarchive } from '../files/unarchive/unarchive.js';
import { mount } from '../mounts/mount/mount.js';

const isRoot = process.getuid?.() === 0;
let folder: string;
let victim: string;
const at = (name: string) => join(folder, 'open', name);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'provision-links-'));
  victim = join(folder, 'victim');
  await mkdir(victim, { mode: 0o755 });
  await writeFile(join(victim, 'file'), 'precious\n');
  await mkdir(join(folder, 'open'));
  await chmod(join(folder, 'open'), 0o1777);
  for (const [name, target] of Object.entries({ file: 'victim/file', new: 'victim/new', folder: 'victim' })) {
    await symlink(join(folder, target), at(name));
    if (isRoot) await lchown(at(name), 65_534, 65_534);
  }
});
afterEach(() => rm(folder, { recursive: true, force: true }));

// Only root may give links away.
describe.runIf(isRoot).each(['dash', 'bash --posix', 'busybox sh'])('with %s', (shell) => {
  it('no link that another user planted where anybody may write leads a resource astray', async () => {
    const tasks: readonly Task[] = [
      file({ path: at('file'), content: 'x', mode: '0666', force: true }),
      file({ path: at('new'), content: 'x' }),
      file({ path: at('folder/below'), content: 'x' }),
      file({ path: at('folder/file'), state: 'absent' }),
      directory({ path: at('folder'), mode: '0777' }),
      directory({ path: at('folder/below') }),
      block({ path: at('file'), block: 'x' }),
      link({ path: at('folder/link'), target: '/' }),
      unarchive({ src: 'x.tar', dest: at('folder') }),
      unarchive({ src: 'x.tar', dest: at('folder/missing/below') }),
      embedded_registry({ directory: at('folder/images'), home: join(folder, 'home') }),
      embedded_registry({ directory: join(folder, 'images'), home: at('folder/home') }),
      registry_storage({ path: at('folder'), write: true }),
    ];
    for (const task of tasks) {
      const plan = await check(task, { shell });
      expect(plan).toMatchObject({ verdict: 'refused', message: expect.stringContaining('which another user made') });
    }
    expect(await readFile(join(victim, 'file'), 'utf8')).toBe('precious\n');
    expect(await readdir(victim)).toEqual(['file']);
    expect((await stat(victim)).mode & 0o777).toBe(0o755);
  });

  it('nothing is mounted beyond a link whose folders are not made yet', async () => {
    const refused = { verdict: 'refused', hint: `set path: ${join(victim, 'missing/below')}` };
    const what = { path: at('folder/missing/below'), src: '/dev/null' };
    expect(await check(mount({ ...what, fstype: 'ext4' }), { shell })).toMatchObject(refused);
  });

  it('an archive goes through no folder that another user linked in its place', async () => {
    await mkdir(join(folder, 'a/sub/inner'), { recursive: true });
    await writeFile(join(folder, 'a/sub/inner/tool'), 'tool\n');
    await execa('tar', ['-cf', join(folder, 'a.tar'), '-C', join(folder, 'a'), 'sub']);
    await mkdir(at('theirs'));
    await symlink('theirs', at('sub'));
    await lchown(at('sub'), 65_534, 65_534);
    const files = { file: (src: string) => join(folder, src) };
    const { failure } = await converge(unarchive({ src: 'a.tar', dest: join(folder, 'open') }), { shell, files });
    expect(failure).toBe(`in ${join(folder, 'open')}, sub is a link that another user made: nothing was unpacked`);
    expect(await readdir(at('theirs'))).toEqual([]);
  });

  it('a link of another user in a folder of their own led to what is not theirs', async () => {
    const theirs = join(folder, 'theirs');
    await mkdir(join(theirs, 'real'), { recursive: true });
    const links = { astray: victim, new: join(victim, 'new'), own: join(theirs, 'real') };
    for (const [name, target] of Object.entries(links)) {
      await symlink(target, join(theirs, name));
      await lchown(join(theirs, name), 65_534, 65_534);
    }
    for (const path of [theirs, join(theirs, 'real')]) await lchown(path, 65_534, 65_534);
    for (const path of ['astray/file', 'new'])
      expect(await check(file({ path: join(theirs, path), content: 'x', force: true }), { shell })).toMatchObject({
        verdict: 'refused',
        message: expect.stringContaining('which another user made'),
      });
    const followed = await converge(file({ path: join(theirs, 'own/file'), content: 'x' }), { shell });
    expect(followed).toMatchObject({ failure: undefined });
    expect(await readdir(join(theirs, 'real'))).toEqual(['file']);
  });

  it('the link itself is removed or replaced, and one of our own is followed', async () => {
    const tasks: readonly Task[] = [
      file({ path: at('file'), state: 'absent' }),
      link({ path: at('new'), target: '/else', force: true }),
      file({ path: at('own'), content: 'mine\n', force: true }),
    ];
    await symlink(join(victim, 'file'), at('own'));
    for (const task of tasks) expect(await converge(task, { shell })).toMatchObject({ failure: undefined });
    expect(await readdir(join(folder, 'open'))).toEqual(['folder', 'new', 'own']);
    expect(await readFile(join(victim, 'file'), 'utf8')).toBe('mine\n');
  });
});
