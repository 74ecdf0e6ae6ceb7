import { lstat, mkdir, mkdtemp, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { check, converge } from '../../../test/kit/converge-locally.js';
import { link } from './link.js';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'provision-link-'));
  path = join(folder, 'a link');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('link', () => {
  it('is made, though it leads nowhere, and then left alone', async () => {
    const task = link({ path, target: '/no/such thing' });
    expect((await converge(task)).failure).toBeUndefined();
    expect(await readlink(path)).toBe('/no/such thing');
    expect(await check(task)).toEqual({ verdict: 'ok' });
    expect(await readdir(folder)).toEqual(['a link']);
  });

  it('that points elsewhere is kept, and turned with force, also where it leads to a directory', async () => {
    await mkdir(join(folder, 'd'));
    await symlink('d', path);
    expect(await check(link({ path, target: 'e' }))).toMatchObject({
      verdict: 'kept',
      summary: 'points to d, not to e',
      hint: 'use --force to update it',
    });
    expect((await converge(link({ path, target: 'e' }), { force: true })).failure).toBeUndefined();
    expect(await readlink(path)).toBe('e');
    expect(await readdir(join(folder, 'd'))).toEqual([]);
  });

  it('takes the place of a file only with force, leaving a backup, and never that of a directory', async () => {
    await writeFile(path, 'x');
    expect(await check(link({ path, target: 'e' }))).toMatchObject({ verdict: 'kept' });
    expect((await converge(link({ path, target: 'e', force: true }))).failure).toBeUndefined();
    expect(await readdir(folder)).toEqual(['a link', expect.stringMatching(/^a link\..*Z\.bak$/)]);
    expect(await check(link({ path: folder, target: 'e', force: true }))).toMatchObject({ verdict: 'refused' });
  });

  it('is removed, but only if it is a link', async () => {
    await symlink('x', path);
    expect((await converge(link({ path, state: 'absent' }))).failure).toBeUndefined();
    await expect(lstat(path)).rejects.toThrow('ENOENT');
    expect(await check(link({ path: folder, state: 'absent' }))).toMatchObject({ verdict: 'refused' });
  });
});

it('is kept as our own link, unchanged or led elsewhere since', async () => {
  const task = link({ path, target: 'new' });
  const records = { valuesOf: (key: string) => (key === `path:${path}` ? ['link:old'] : []) };
  await symlink('old', path);
  expect(await check(task, { records })).toMatchObject({ verdict: 'kept', origin: 'unchanged' });
  expect(await check(task, { records, update: true })).toMatchObject({ verdict: 'change' });
  await rm(path);
  await symlink('elsewhere', path);
  expect(await check(task, { records, update: true })).toMatchObject({ verdict: 'kept', origin: 'edited' });
});
