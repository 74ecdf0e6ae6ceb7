import { chmod, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { check, converge } from '../../../test/kit/converge-locally.js';
import { directory } from './directory.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'provision-directory-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const modeOf = async (name: string) => ((await stat(name)).mode & 0o7777).toString(8);

describe('directory', () => {
  it('is made with those that lead to it, mended, and then left alone', async () => {
    const path = join(folder, 'a/b c');
    const task = directory({ path, mode: '0750' });
    expect((await converge(task)).failure).toBeUndefined();
    expect([await modeOf(join(folder, 'a')), await modeOf(path)]).toEqual(['755', '750']);
    expect(await check(task)).toEqual({ verdict: 'ok' });
    const sticky = directory({ path, mode: '1777' });
    expect(await check(sticky)).toMatchObject({ verdict: 'change', summary: 'mode 0750 -> 1777' });
    expect((await converge(sticky)).failure).toBeUndefined();
    expect(await modeOf(path)).toBe('1777');
  });

  it('loses a setgid bit that its mode does not have, also one that it took over from its folder', async () => {
    await chmod(folder, 0o2755);
    const task = directory({ path: join(folder, 'd'), mode: '0755' });
    expect((await converge(task)).failure).toBeUndefined();
    expect(await modeOf(join(folder, 'd'))).toBe('755');
    await chmod(join(folder, 'd'), 0o2755);
    expect((await converge(task)).failure).toBeUndefined();
    expect(await modeOf(join(folder, 'd'))).toBe('755');
  });

  it('may be a link to a directory, but nothing else', async () => {
    await mkdir(join(folder, 'real'));
    await symlink('real', join(folder, 'link'));
    await writeFile(join(folder, 'file'), '');
    expect(await check(directory({ path: join(folder, 'link') }))).toEqual({ verdict: 'ok' });
    expect(await check(directory({ path: join(folder, 'file') }))).toMatchObject({ verdict: 'refused' });
  });

  it('is removed when empty, and with all that is in it only with recurse and force', async () => {
    const path = join(folder, 'd');
    await mkdir(path);
    expect((await converge(directory({ path, state: 'absent' }))).failure).toBeUndefined();
    expect(await check(directory({ path, state: 'absent' }))).toEqual({ verdict: 'ok' });
    await mkdir(path);
    await writeFile(join(path, '.hidden'), '');
    for (const task of [
      directory({ path, state: 'absent' }),
      directory({ path, state: 'absent', recurse: true }),
      directory({ path, state: 'absent', force: true }),
    ]) {
      expect(await check(task)).toMatchObject({ verdict: 'refused', message: `${path} is not empty` });
    }
    expect((await converge(directory({ path, state: 'absent', recurse: true, force: true }))).failure).toBeUndefined();
    expect(await readdir(folder)).toEqual([]);
  });
});
