import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { check, converge } from '../../test/kit/converge-locally.js';
import { block } from './files/block.js';
import { json_file } from './files/json/json-file.js';
import { line } from './files/line.js';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'provision-edit-'));
  path = join(folder, 'conf');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('line', () => {
  it('replaces a comment without force and what means something with force only', async () => {
    await writeFile(path, '#Port 22\nX no\n', { mode: 0o600 });
    const comment = line({ path, regexp: '^#?Port ', line: 'Port 2222' });
    expect((await converge(comment)).failure).toBeUndefined();
    expect(await check(comment)).toEqual({ verdict: 'ok' });
    const value = line({ path, regexp: '^X ', line: 'X yes' });
    expect(await check(value)).toMatchObject({
      verdict: 'kept',
      summary: 'exists and differs (line replaced)',
      diff: { before: 'Port 2222\nX no\n', after: 'Port 2222\nX yes\n' },
    });
    expect((await converge(value, { force: true })).failure).toBeUndefined();
    expect(await readFile(path, 'utf8')).toBe('Port 2222\nX yes\n');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await readdir(folder)).length).toBe(3);
  });

  it('makes the file only where it is told to', async () => {
    const { plan, failure } = await converge(line({ path, line: 'x' }));
    expect(plan).toMatchObject({ verdict: 'change', uncertain: `${path} does not exist` });
    expect(failure).toBe(`${path} does not exist; create: true makes the file`);
    expect((await converge(line({ path, line: 'x', create: true }))).failure).toBeUndefined();
    expect(await readFile(path, 'utf8')).toBe('x\n');
    expect(await check(line({ path: `${path}2`, line: 'x', state: 'absent' }))).toMatchObject({ verdict: 'ok' });
  });

  it('refuses what is no text', async () => {
    await writeFile(path, Buffer.from([0x61, 0xff, 0x0a]));
    expect(await check(line({ path, line: 'x' }))).toMatchObject({
      verdict: 'refused',
      message: `${path} is not UTF-8 text, so it is not edited`,
    });
  });

  it('words what is wrong with its parameters', () => {
    const wrong = (input: unknown) => line.params.safeParse(input).error?.issues.map((issue) => issue.message);
    expect(wrong({ path: '/x', regexp: '(', line: 'x' })).toEqual([expect.stringContaining('a ( is never closed')]);
    expect(wrong({ path: '/x', regexp: '^a', line: 'b' })).toEqual([
      expect.stringContaining('does not match the line'),
    ]);
    expect(wrong({ path: '/x' })).toContain('line is missing');
    expect(wrong({ path: '/x', line: 'a\nb' })).toEqual(['must be one line; several are a `block`']);
  });
});

describe('block', () => {
  it('is added, updated without force, removed', async () => {
    await writeFile(path, '127.0.0.1 localhost\n');
    const first = block({ path, block: 'a' });
    expect((await converge(first)).failure).toBeUndefined();
    expect(await check(first)).toEqual({ verdict: 'ok' });
    expect((await converge(block({ path, block: 'b\nc\n' }))).plan).toMatchObject({ summary: 'block updated' });
    expect((await converge(block({ path, state: 'absent' }))).failure).toBeUndefined();
    expect(await readFile(path, 'utf8')).toBe('127.0.0.1 localhost\n');
  });
});

describe('json_file', () => {
  it('is made, added to without force, and left alone where a key of ours has another value', async () => {
    const task = json_file({ path, merge: { 'live-restore': true, mirrors: ['a'] } });
    expect((await converge(task)).plan).toMatchObject({ summary: 'created' });
    expect(await check(task)).toEqual({ verdict: 'ok' });
    await writeFile(path, '{"live-restore": false}\n');
    expect(await check(task)).toMatchObject({
      verdict: 'kept',
      summary: 'exists and differs (added mirrors; replaced live-restore)',
    });
    expect((await converge(task, { force: true })).failure).toBeUndefined();
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ 'live-restore': true, mirrors: ['a'] });
    expect((await converge(json_file({ path, remove: ['mirrors'] }))).plan).toMatchObject({
      summary: 'removed mirrors',
    });
    expect(await check(json_file({ path, remove: ['mirrors'] }))).toEqual({ verdict: 'ok' });
  });

  it('refuses a malformed file, saying where', async () => {
    await writeFile(path, '{\n  "a": 1\n  "b": 2\n}\n');
    expect(await check(json_file({ path, merge: { a: 1 }, force: true }))).toMatchObject({
      verdict: 'refused',
      message: `${path}:3:3: expected a comma, found "\\""`,
    });
  });
});
