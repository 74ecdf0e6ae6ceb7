import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { check, converge, runScript } from '../../../test/kit/converge-locally.js';
import { file } from './file.js';

const isRoot = process.getuid?.() === 0;
let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'provision-file-'));
  path = join(folder, "it's a file");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const modeOf = async (name: string) => ((await stat(name)).mode & 0o7777).toString(8);
const backups = async () => (await readdir(folder)).filter((name) => name.endsWith('.bak'));

describe.each(['dash', 'bash --posix', 'busybox sh'])('file, in %s', (shell) => {
  it('is made whole, with its mode, and found as wanted afterwards', async (context) => {
    if ((await runScript('true', '', { shell })).status !== 0) context.skip();
    const task = file({ path, content: 'one\ntwo', mode: '0640' });
    expect(await check(task, { shell })).toMatchObject({
      verdict: 'change',
      summary: 'created',
      diff: { before: '', after: 'one\ntwo' },
    });
    const pass = await converge(task, { shell });
    expect(pass.failure).toBeUndefined();
    expect(await readFile(path, 'utf8')).toBe('one\ntwo');
    expect(await modeOf(path)).toBe('640');
    expect(await check(task, { shell })).toEqual({ verdict: 'ok' });
    expect(await readdir(folder)).toEqual(["it's a file"]);
  });
});

describe('file', () => {
  it('is kept where it differs, with its diff and what would update it, while its mode is mended', async () => {
    await writeFile(path, 'mine\n', { mode: 0o600 });
    const task = file({ path, content: 'ours\n', mode: '0644', force_variable: 'motd_force' });
    expect((await converge(task)).plan).toMatchObject({
      verdict: 'change',
      summary: 'mode 0600 -> 0644',
      kept: {
        summary: 'exists and differs (5 -> 5 bytes)',
        hint: 'use --force, or set motd_force: true, to update it',
        diff: { before: 'mine\n', after: 'ours\n' },
      },
    });
    expect(await readFile(path, 'utf8')).toBe('mine\n');
    expect(await modeOf(path)).toBe('644');
    expect(await check(task)).toMatchObject({ verdict: 'kept' });
  });

  it('is replaced with force, leaving a dated backup, keeping the mode that nobody asked to change', async () => {
    await writeFile(path, 'mine\n', { mode: 0o604 });
    await chmod(path, 0o604);
    const task = file({ path, content: 'ours\n' });
    const { plan, failure } = await converge(task, { force: true });
    expect(failure).toBeUndefined();
    expect(plan).toMatchObject({ verdict: 'change', summary: 'content replaced (5 -> 5 bytes)' });
    expect(await readFile(path, 'utf8')).toBe('ours\n');
    expect(await modeOf(path)).toBe('604');
    expect(await backups()).toEqual([expect.stringMatching(/^it's a file\.\d{4}-\d\d-\d\dT\d{6}Z\.bak$/)]);
    expect(await readFile(join(folder, (await backups())[0] ?? ''), 'utf8')).toBe('mine\n');
    await converge(file({ path, content: 'again\n', force: true }));
    await converge(file({ path, content: 'and again\n', force: true }));
    expect((await backups()).length).toBe(3);
  });

  it.each(['', '\n', '# only\n\n  ; comments\n'])('replaces what says nothing (%j) without force', async (text) => {
    await writeFile(path, text);
    const { plan, failure } = await converge(file({ path, content: 'ours\n' }));
    expect([plan.verdict, failure]).toEqual(['change', undefined]);
    expect(await readFile(path, 'utf8')).toBe('ours\n');
    expect((await backups()).length).toBe(1);
  });

  it('sends bytes as they are, shows none of them, and streams what is large', async () => {
    const src = join(folder, 'source');
    const files = { file: () => src, template: () => src };
    for (const bytes of [Buffer.from([0, 255, 10, 13, 0, 128]), Buffer.alloc(1_500_000, 'x\0')]) {
      await writeFile(src, bytes);
      const pass = await converge(file({ path, src: 'source', force: true }), { files });
      expect(pass.failure).toBeUndefined();
      expect(Buffer.compare(await readFile(path), bytes)).toBe(0);
      expect(pass.plan).not.toHaveProperty('diff');
      expect(await check(file({ path, src: 'source' }), { files })).toEqual({ verdict: 'ok' });
    }
  });

  it('shows nothing of a secret, and lets only its owner read it', async () => {
    const task = file({ path, content: 'hunter2\n', secret: true });
    expect(JSON.stringify(await check(task))).not.toContain('before');
    await converge(task);
    expect(await modeOf(path)).toBe('600');
    await writeFile(path, 'other\n');
    expect(await check(task)).toMatchObject({ verdict: 'kept', summary: 'exists and differs (6 -> 8 bytes)' });
    expect(await check(task)).not.toHaveProperty('diff');
  });

  it('is not installed when its validator refuses it, and leaves nothing behind', async () => {
    await writeFile(path, 'good\n');
    const task = file({ path, content: 'bad\n', validate: 'grep -q good %s || { echo no good; false; }', force: true });
    const { failure } = await converge(task);
    expect(failure).toContain('no good\nnot installed: the new');
    expect(await readFile(path, 'utf8')).toBe('good\n');
    expect(await readdir(folder)).toEqual(["it's a file"]);
  });

  it('installs nothing of content that arrived in part', async () => {
    const plan = await check(file({ path, content: 'a long text\n' }));
    if (plan.verdict !== 'change' || plan.apply.via !== 'sh') throw new Error('no change');
    const reply = await runScript(plan.apply.script.script, 'a long', {});
    expect([reply.status, reply.stderr]).toEqual([1, expect.stringContaining('only part of the content')]);
    expect(await readdir(folder)).toEqual([]);
  });

  // Only root may mount the small file system that is to be full.
  it.runIf(isRoot)('leaves the old file and nothing else when the disk is full', async ({ skip }) => {
    const small = join(folder, 'small');
    await mkdir(small);
    const mount = await runScript(`mount -t tmpfs -o size=64k tmpfs ${small}`, '', {});
    // Root of a container may not either.
    if (mount.status !== 0 && process.env.PROVISION_REQUIRE_LAB !== '1') skip(`cannot mount: ${mount.stderr}`);
    expect(mount.status, mount.stderr).toBe(0);
    try {
      await writeFile(join(small, 'x'), 'old\n');
      const task = file({ path: join(small, 'x'), content: 'y'.repeat(200_000), force: true });
      expect((await converge(task)).failure).toContain('No space left on device');
      expect(await readdir(small)).toEqual(['x']);
      expect(await readFile(join(small, 'x'), 'utf8')).toBe('old\n');
    } finally {
      await runScript(`umount ${small}`, '', {});
    }
  });

  it('follows a link, and replaces what it points to', async () => {
    const real = join(folder, 'real');
    await writeFile(real, 'old\n');
    await symlink('real', path);
    expect((await converge(file({ path, content: 'new\n', force: true }))).failure).toBeUndefined();
    expect(await readFile(real, 'utf8')).toBe('new\n');
    expect(await check(file({ path, content: 'new\n' }))).toEqual({ verdict: 'ok' });
  });

  it('never writes outside the staging folder, and makes folders in it', async () => {
    const root = join(folder, 'root');
    await mkdir(root);
    expect((await converge(file({ path: '/etc/a/b', content: 'x' }), { root })).failure).toBeUndefined();
    expect(await readFile(join(root, 'etc/a/b'), 'utf8')).toBe('x');
    expect((await converge(file({ path: '/etc/a/s', content: 'x', secret: true }), { root })).failure).toBeUndefined();
    await symlink(folder, join(root, 'out'));
    await symlink(join(folder, 'target'), join(root, 'etc/link'));
    for (const outside of ['/out/x', '/out/new/x', '/etc/link']) {
      const plan = await check(file({ path: outside, content: 'x' }), { root });
      expect(plan).toMatchObject({ verdict: 'refused', message: expect.stringContaining('leads out of the staging') });
    }
  });

  it('says that the folder is missing, as uncertain beforehand and as an error when it comes to it', async () => {
    const pass = await converge(file({ path: join(folder, 'no/file'), content: 'x' }));
    expect(pass.plan).toMatchObject({ verdict: 'change', uncertain: `the folder ${folder}/no does not exist` });
    expect(pass.failure).toBe(`the folder ${folder}/no does not exist`);
  });

  // Only root may give files away.
  it.runIf(isRoot)('mends owner and group by name and number, and says which account is missing', async () => {
    await writeFile(path, 'x');
    await chown(path, 1, 1);
    const { plan, failure } = await converge(file({ path, owner: 'root', group: '65534' }));
    expect([plan.verdict === 'change' && plan.summary, failure]).toEqual([
      expect.stringMatching(/^owner \w+ -> root, group \w+ -> 65534$/),
      undefined,
    ]);
    expect(await check(file({ path, owner: 'nobody-here', content: 'x' }))).toMatchObject({
      verdict: 'change',
      uncertain: 'user nobody-here does not exist',
    });
    expect((await converge(file({ path, owner: 'nobody-here', content: 'x' }))).failure).toContain('nobody-here');
  });

  it('is removed, once; a directory is refused', async () => {
    await writeFile(path, 'x');
    expect((await converge(file({ path, state: 'absent' }))).failure).toBeUndefined();
    expect(await check(file({ path, state: 'absent' }))).toEqual({ verdict: 'ok' });
    expect(await check(file({ path: folder, state: 'absent' }))).toMatchObject({ verdict: 'refused' });
    expect(await check(file({ path: folder, content: '' }))).toMatchObject({ verdict: 'refused' });
  });

  it('words what is wrong with its parameters', () => {
    const wrong = (input: unknown) => file.params.safeParse(input).error?.issues.map((issue) => issue.message);
    expect(wrong({ path: 'etc/x' })).toMatchInlineSnapshot(`
      [
        "must be an absolute path, starting with /",
      ]
    `);
    expect(wrong({ path: '/x', mode: 644 })).toMatchInlineSnapshot(`
      [
        "mode must be quoted: "0644"",
      ]
    `);
    expect(wrong({ path: '/x', mode: 'u=rw' })).toMatchInlineSnapshot(`
      [
        "mode must be three or four octal digits, quoted: "0644"",
      ]
    `);
    expect(wrong({ path: '/x', state: 'directory' })).toMatchInlineSnapshot(`
      [
        "directories are made with \`directory: {path: …}\`",
      ]
    `);
    expect(wrong({ path: '/x', content: 'a', src: 'b' })).toMatchInlineSnapshot(`
      [
        "content and src cannot be used together",
      ]
    `);
    expect(wrong({ path: '/x', owner: 'a b', needs: ['docker.io'] })).toMatchInlineSnapshot(`
      [
        "is not a name of a user or group",
        "must be kind:name, for example package:docker.io, service:docker, path:/etc/exports",
      ]
    `);
    expect(wrong({ path: '/x', content: 'a', validate: 'visudo -c' })).toMatchInlineSnapshot(`
      [
        "must contain %s, for the name of the new file",
      ]
    `);
    expect(file.params.parse({ path: '/a//b/../c/' })).toMatchObject({ path: '/a/c' });
  });

  it('needs what can change it: its folders as a whole, its accounts, what it is told', () => {
    const { resource } = file({ path: '/etc/docker/x', owner: 'registry', group: '0', needs: ['package:docker.io'] });
    expect(resource.needs).toEqual([
      'package:docker.io',
      'path:/etc/docker/x',
      'path:/etc/docker/',
      'path:/etc/',
      'user:registry',
    ]);
  });
});
