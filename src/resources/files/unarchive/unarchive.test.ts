import { execFileSync } from 'node:child_process';
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { check, converge } from '../../../../test/kit/converge-locally.js';
import { unarchive } from './unarchive.js';

let folder: string;
let root: string;
let setting: { root: string; files: { file: (src: string) => string }; shell?: string };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'provision-unarchive-'));
  root = join(folder, 'root');
  setting = { root, files: { file: (src) => join(folder, src) } };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const dest = (path: string) => join(root, 'opt/tool', path);
const text = (path: string) => readFile(dest(path), 'utf8');

/** Makes an archive of files by their texts; `-> x` is a link. */
async function archive(name: string, files: Readonly<Record<string, string>>, ...options: string[]): Promise<void> {
  const from = join(folder, `${name}.d`);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(from, path, '..'), { recursive: true });
    if (content.startsWith('-> ')) await symlink(content.slice(3), join(from, path));
    else await writeFile(join(from, path), content);
  }
  if (name.endsWith('.zip')) await execa('zip', ['-q', '-r', '-y', join(folder, name), '.'], { cwd: from });
  else await execa('tar', ['-c', '-a', '-f', join(folder, name), ...options, '-C', from, ...(await readdir(from))]);
}

/** An archive that tar itself would not make: the headers of its members, as they are. */
function crafted(
  members: readonly { name: string; type?: string; target?: string; text?: string; user?: string }[],
): Buffer {
  const blocks = members.flatMap(({ name, type = '0', target = '', text = '', user = 'root' }) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write('0000644\x000000\x000000\0', 100);
    header.write(`${text.length.toString(8).padStart(11, '0')}\0${'0'.padStart(11, '0')}\0        `, 124);
    header.write(type, 156);
    header.write(target, 157);
    header.write('ustar\x00', 257);
    header.write(user, 265);
    const sum = header.reduce((all, byte) => all + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    const data = Buffer.alloc(Math.ceil(text.length / 512) * 512);
    data.write(text);
    return [header, data];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

const tool = { 'tool-1/bin/tool': 'one\n', 'tool-1/share/doc/a b': 'read me\n', 'tool-1/bin/link': '-> tool' };
const task = (more: object = {}) => unarchive({ src: 'tool.tar.gz', dest: '/opt/tool', strip_components: 1, ...more });

describe.each(['dash', 'bash --posix'])('unarchive, in %s', (shell) => {
  it('is unpacked, and found as it was', async () => {
    await archive('tool.tar.gz', tool);
    setting.shell = shell;
    expect(await converge(task(), setting)).toMatchObject({ failure: undefined, plan: { summary: 'unpacked' } });
    expect([await text('bin/tool'), await text('share/doc/a b'), await readlink(dest('bin/link'))]).toEqual([
      'one\n',
      'read me\n',
      'tool',
    ]);
    expect(await check(task(), setting)).toEqual({ verdict: 'ok' });
    expect(await readdir(dest('.'))).toEqual(['bin', 'share']);
  });
});

describe('unarchive', () => {
  it("does without tars that can't say enough of an archive: busybox takes its own", async () => {
    await archive('tool.tar.gz', tool);
    // Whether busybox's shell takes its own tar, or the system's, is decided where it is built.
    await mkdir(join(folder, 'applets'));
    await symlink(execFileSync('which', ['busybox'], { encoding: 'utf8' }).trim(), join(folder, 'applets/tar'));
    setting.shell = `env PATH=${join(folder, 'applets')}:${process.env.PATH} busybox sh`;
    expect((await converge(task(), setting)).failure).toBe('this needs GNU tar: nothing was unpacked');
    await expect(lstat(root)).rejects.toThrow('ENOENT');
  });

  it('sees what was changed since, and mends it with force; what is gone is brought back', async () => {
    await archive('tool.tar.xz', tool);
    const xz = task({ src: 'tool.tar.xz' });
    await converge(xz, setting);
    await rm(dest('share/doc/a b'));
    expect((await converge(xz, setting)).plan).toMatchObject({ summary: 'unpacked again (1 missing: share/doc/a b)' });
    expect(await check(xz, setting)).toEqual({ verdict: 'ok' });
    await writeFile(dest('bin/tool'), 'by hand\n');
    expect(await check(xz, setting)).toMatchObject({ verdict: 'kept', summary: '1 changed: bin/tool' });
    expect((await converge(xz, { ...setting, force: true })).failure).toBeUndefined();
    expect(await text('bin/tool')).toBe('one\n');
    expect((await readdir(dest('bin'))).toSorted()).toEqual(['link', 'tool', expect.stringMatching(/^tool\..*\.bak$/)]);
  });

  it('takes another version, which replaces what nobody changed', async () => {
    await archive('tool.tar.gz', tool);
    await converge(task(), setting);
    await writeFile(dest('bin/mine'), 'mine\n');
    await rm(join(folder, 'tool.tar.gz.d'), { recursive: true });
    await archive('tool.tar.gz', { ...tool, 'tool-1/bin/tool': 'two\n' });
    expect(await converge(task(), setting)).toMatchObject({ failure: undefined, plan: { summary: 'unpacked anew' } });
    expect([await text('bin/tool'), await text('bin/mine')]).toEqual(['two\n', 'mine\n']);
    expect((await readdir(dest('bin'))).toSorted()).toEqual(['link', 'mine', 'tool']);
  });

  it('leaves what somebody else has put there', async () => {
    await archive('tool.tar.gz', tool);
    await mkdir(dest('bin'), { recursive: true });
    await writeFile(dest('bin/tool'), 'mine\n');
    expect((await converge(task(), setting)).failure).toBe(
      `in ${dest('')}, 1 of the files are there and differ (bin/tool); force: true replaces them: nothing was unpacked`.replace(
        'tool/,',
        'tool,',
      ),
    );
    expect(await readdir(dest('.'))).toEqual(['bin']);
    await writeFile(dest('bin/tool'), 'one\n');
    expect((await converge(task(), setting)).failure).toBeUndefined();
  });

  it('is not unpacked where `creates` is there, nor with another checksum', async () => {
    await archive('tool.tar.gz', tool);
    const sum = '0'.repeat(64);
    expect(await check(task({ checksum: `sha256:${sum}` }), setting)).toMatchObject({
      verdict: 'refused',
      message: expect.stringContaining(`, not ${sum}`),
    });
    await mkdir(dest('bin'), { recursive: true });
    expect(await check(task({ creates: '/opt/tool/bin' }), setting)).toEqual({ verdict: 'ok' });
  });

  it('takes archives of the host, and knows what was in one that is gone', async () => {
    await archive('tool.tar', tool);
    await mkdir(join(root, 'srv'), { recursive: true });
    const there = task({ src: '/srv/tool.tar', remote_src: true, exclude: ['*/doc'] });
    expect(await check(there, setting)).toMatchObject({
      verdict: 'refused',
      message: expect.stringMatching(/^there is no .*tool\.tar/),
    });
    await execa('mv', [join(folder, 'tool.tar'), join(root, 'srv')]);
    expect((await converge(there, setting)).failure).toBeUndefined();
    expect(await readdir(dest('share'))).toEqual([]);
    await rm(join(root, 'srv/tool.tar'));
    expect(await check(there, setting)).toEqual({
      verdict: 'ok',
      note: '/srv/tool.tar is no longer there; what was in it is',
    });
  });

  it('drops setuid bits', async () => {
    await archive('tool.tar.gz', tool);
    await chmod(join(folder, 'tool.tar.gz.d/tool-1/bin/tool'), 0o4755);
    await archive('tool.tar.gz', {});
    await converge(task(), setting);
    expect((await lstat(dest('bin/tool'))).mode & 0o7777).toBe(0o755);
  });

  it.each([
    [
      'a name that goes up',
      [{ name: 'a/../../evil', text: 'x' }],
      "the archive's member a/../../evil would lead out of DEST",
    ],
    ['an absolute name', [{ name: '/etc/evil', text: 'x' }], "the archive's member /etc/evil would lead out of DEST"],
    [
      'a link to elsewhere',
      [{ name: 'evil', type: '2', target: '/etc' }],
      "the archive's link evil -> /etc would lead out of DEST",
    ],
    [
      'a link that goes up',
      [{ name: 'd/evil', type: '2', target: '../../x' }],
      "the archive's link d/evil -> ../../x would lead out of DEST",
    ],
    [
      'a link that goes up behind another',
      [
        { name: 'd/e/up', type: '2', target: '../..' },
        { name: 'evil', type: '2', target: 'd/e/up/../x' },
      ],
      "the archive's link evil -> d/e/up/../x would lead out of DEST",
    ],
    [
      'a link and a file behind it',
      [
        { name: 'evil', type: '2', target: '/tmp' },
        { name: 'evil/provision-escaped', text: 'x' },
      ],
      /nothing was unpacked$/,
    ],
    [
      'a device',
      [{ name: 'evil', type: '3' }],
      "the archive's member evil is a device, or something else that is no file",
    ],
    [
      'a pipe',
      [{ name: 'evil', type: '6' }],
      "the archive's member evil is a device, or something else that is no file",
    ],
    [
      'a second name of a file elsewhere',
      [{ name: 'evil', type: '1', target: '/etc/passwd' }],
      /evil.*nothing was unpacked$/,
    ],
    [
      'a user with the name of a link',
      [{ name: 'evil', type: '2', target: '/etc', user: 'evil -> a' }],
      "the archive's link evil -> /etc would lead out of DEST",
    ],
    [
      'a link out whose name ends with a blank',
      [{ name: 'evil ', type: '2', target: '/etc' }],
      "the archive's link evil  -> /etc would lead out of DEST",
    ],
    [
      'a link out whose name begins with a tab',
      [{ name: '\tevil\\n', type: '2', target: '../../x' }],
      "the archive's link \tevil\\n -> ../../x would lead out of DEST",
    ],
  ] as const)('refuses %s before anything is in place', async (_, members, message) => {
    await writeFile(join(folder, 'evil.tar'), crafted([{ name: 'good', text: 'good\n' }, ...members]));
    const { failure } = await converge(unarchive({ src: 'evil.tar', dest: '/opt/tool' }), setting);
    if (typeof message === 'string') {
      expect(failure).toBe(`${message.replace('DEST', join(root, 'opt/tool'))}: nothing was unpacked`);
    } else expect(failure).toMatch(message);
    await expect(lstat(root)).rejects.toThrow('ENOENT');
    await expect(lstat('/tmp/provision-escaped')).rejects.toThrow('ENOENT');
  });

  it('does not go through a link that leads out of the place', async () => {
    await archive('tool.tar.gz', tool);
    await mkdir(join(root, 'opt/tool'), { recursive: true });
    await mkdir(join(folder, 'elsewhere'));
    await symlink(join(folder, 'elsewhere'), dest('bin'));
    expect((await converge(task(), { ...setting, force: true })).failure).toContain('bin leads out of it, to ');
    expect(await readdir(join(folder, 'elsewhere'))).toEqual([]);
  });

  it('does not go through a link with a blank at its end, and keeps a file of such a name', async () => {
    await mkdir(join(root, 'opt/tool'), { recursive: true });
    await mkdir(join(folder, 'elsewhere'));
    await symlink(join(folder, 'elsewhere'), dest('evil '));
    await writeFile(dest(' mine\t'), 'mine\n');
    await archive('linked.tar', { 'evil /pwned': 'owned\n' });
    await archive('file.tar', { ' mine\t': 'theirs\n' });
    const linked = unarchive({ src: 'linked.tar', dest: '/opt/tool', force: true });
    expect((await converge(linked, setting)).failure).toContain('evil  leads out of it, to ');
    expect(await readdir(join(folder, 'elsewhere'))).toEqual([]);
    const { failure } = await converge(unarchive({ src: 'file.tar', dest: '/opt/tool' }), setting);
    expect(failure).toContain('1 of the files are there and differ ( mine\t)');
    expect(await text(' mine\t')).toBe('mine\n');
  });

  it('puts a file in the place of a link to a directory, and not into that directory', async () => {
    await mkdir(join(root, 'opt/tool'), { recursive: true });
    await mkdir(join(folder, 'elsewhere'));
    await symlink(join(folder, 'elsewhere'), dest('conf'));
    await archive('conf.tar', { conf: 'x\n' });
    const forced = unarchive({ src: 'conf.tar', dest: '/opt/tool', force: true });
    expect((await converge(forced, setting)).failure).toBeUndefined();
    expect(await text('conf')).toBe('x\n');
    expect(await readdir(join(folder, 'elsewhere'))).toEqual([]);
  });

  it('leaves nothing behind where the archive is broken', async () => {
    await writeFile(join(folder, 'tool.tar.gz'), 'no archive at all');
    expect((await converge(task(), setting)).failure).toMatch(
      /^tar can't read the archive \(.*\): nothing was unpacked$/,
    );
    await expect(lstat(root)).rejects.toThrow('ENOENT');
  });

  it('unpacks zip, where the tools are', async (context) => {
    const { failed } = await execa('sh', ['-c', 'command -v zip && command -v unzip'], { reject: false });
    if (failed) context.skip('there is no zip, or no unzip, here');
    await archive('tool.zip', tool);
    const zip = unarchive({ src: 'tool.zip', dest: '/opt/tool', exclude: ['*/doc/*'] });
    expect(await converge(zip, setting)).toMatchObject({ failure: undefined, plan: { summary: 'unpacked' } });
    expect(await text('tool-1/bin/tool')).toBe('one\n');
    expect(await check(zip, setting)).toEqual({ verdict: 'ok' });
  });

  it.each([
    [{ src: 'https://example.com/x.tar' }, '`get_url` downloads it; then remote_src: true'],
    [{ src: 'x.zip', strip_components: 1 }, 'is for tar only'],
    [{ src: 'x.tar', remote_src: true }, 'must be an absolute path of the host'],
    [{ src: 'x.tar', checksum: 'md5:abc' }, 'must be sha256: and 64 digits'],
  ])('refuses %o', (given, message) => {
    expect(unarchive.params.safeParse({ dest: '/opt/x', ...given }).error?.message).toContain(message);
  });
});
