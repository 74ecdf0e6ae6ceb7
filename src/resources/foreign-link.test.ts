import { chmod, lchown, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { check, converge } from '../../test/unit/converge-locally.js';
import type { Task } from '../model/task.js';
import { block } from './block.js';
import { directory } from './directory.js';
import { file } from './file.js';
import { link } from './link.js';

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
    ];
    for (const task of tasks) {
      const plan = await check(task, { shell });
      expect(plan).toMatchObject({ verdict: 'refused', message: expect.stringContaining('which another user made') });
    }
    expect(await readFile(join(victim, 'file'), 'utf8')).toBe('precious\n');
    expect(await readdir(victim)).toEqual(['file']);
    expect((await stat(victim)).mode & 0o777).toBe(0o755);
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
