import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa, execaSync } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { check, converge } from '../../../test/kit/converge-locally.js';
import { canSandbox, SandboxedHost } from '../../../test/kit/sandboxed-host.js';
import { file } from '../files/file.js';
import { line } from '../files/line.js';
import { link } from '../files/link.js';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'provision-replace-'));
  path = join(folder, 'a file');
  writeFileSync(path, 'x=1\n', { mode: 0o600 });
});
afterEach(() => {
  execaSync('chattr', ['-R', '-f', '-i', '-a', folder], { reject: false });
  rmSync(folder, { recursive: true, force: true });
});

const isRoot = process.getuid?.() === 0;
const works = (command: string, ...args: string[]) => !execaSync(command, args, { reject: false }).failed;
const names = () => readdirSync(folder).filter((name) => name !== 'tools');

/** Why this machine can't show that ACLs and attributes stay; Debian's packages acl and attr bring the tools. */
function lacks(probe: string): string | undefined {
  if (!works('setfacl', '-m', 'u:65534:r', probe)) return 'there is no setfacl here (package acl), or no ACLs';
  return works('setfattr', '-n', 'user.x', '-v', 'y', probe) ? undefined : 'there is no setfattr here (package attr)';
}

describe('the access to a file that is replaced', () => {
  const acl = () => execaSync('getfacl', ['-p', '-n', '-c', path]).stdout;

  it('stays as its ACL says: the mask does not become the mode of its group', async (context) => {
    const why = lacks(path);
    if (why !== undefined) return context.skip(why);
    execaSync('setfacl', ['-m', 'u:65534:rw', path]);
    const before = acl();
    expect(before).toContain('group::---');
    for (const shell of ['dash', 'bash --posix'])
      expect(await converge(line({ path, line: `y=${shell}` }), { shell })).toMatchObject({ failure: undefined });
    expect(acl()).toBe(before);
    expect(execaSync('getfattr', ['-n', 'user.x', '--only-values', path]).stdout).toBe('y');
    const forced = file({ path, content: 'secret\n', force: true, mode: '0640' });
    expect(await converge(forced)).toMatchObject({ failure: undefined });
    expect(acl()).toBe(before.replace('mask::rw-', 'mask::r--').replace('65534:rw-', '65534:rw-\t#effective:r--'));
  });

  it('does not become what the folder hands down', async (context) => {
    const why = lacks(path);
    if (why !== undefined) return context.skip(why);
    execaSync('setfacl', ['-b', path]);
    execaSync('setfacl', ['-d', '-m', 'u:65534:rwx', folder]);
    const before = acl();
    expect(await converge(line({ path, line: 'y=2' }))).toMatchObject({ failure: undefined });
    expect(acl()).toBe(before);
  });

  it('is not lost where no tool can keep it: the file stays as it is, and the way out is said', async (context) => {
    const why = lacks(path);
    if (why !== undefined) return context.skip(why);
    const tools = join(folder, 'tools');
    mkdirSync(tools);
    for (const tool of ['cp', 'getfacl']) {
      writeFileSync(join(tools, tool), '#!/bin/sh\necho unrecognized option >&2; exit 1\n');
      chmodSync(join(tools, tool), 0o755);
    }
    const before = acl();
    const way = ['env', `PATH=${tools}:${process.env.PATH}`];
    expect((await converge(line({ path, line: 'y=2' }), { way })).failure).toBe(
      `${path} or its folder has an ACL, and there is no tool to keep it: nothing was changed. Install the package acl on this host, which keeps it`,
    );
    rmSync(join(tools, 'getfacl'));
    expect(acl()).toBe(before);
    expect(names()).toEqual(['a file']);
    expect(await converge(line({ path, line: 'y=2' }), { way })).toMatchObject({ failure: undefined });
    expect(acl()).toBe(before);
  });

  // Only root can act as another user.
  it.runIf(isRoot)('is not lost by its owner when another user replaces it', async () => {
    chmodSync(folder, 0o777);
    chmodSync(path, 0o644);
    const way = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    expect((await converge(line({ path, line: 'y=2' }), { way })).failure).toBe(
      `${path}: it belongs to root:root, and only root can replace it and leave it theirs: nothing was changed; set become: true`,
    );
    expect([readFileSync(path, 'utf8'), statSync(path).uid, names()]).toEqual(['x=1\n', 0, ['a file']]);
    chownSync(path, 65534, 65534);
    expect(await converge(line({ path, line: 'y=2' }), { way })).toMatchObject({ failure: undefined });
  });
});

const hasFlags = isRoot && works('lsattr', '-d', tmpdir());

// Where the lab is required, nothing is left out in silence.
it.runIf(process.env.PROVISION_REQUIRE_LAB === '1')('has what it needs', () => {
  expect(canSandbox, 'these tests need root, and a kernel that lets it mount in a namespace').toBe(true);
  expect(hasFlags, 'these tests need root, and a file system with attributes (lsattr) for temporary files').toBe(true);
});

// Only root makes mounts, and not every kernel lets it in a namespace.
describe.runIf(canSandbox)('a file that is a mount point', () => {
  let sandbox = '';
  let host: SandboxedHost;
  beforeAll(async () => {
    sandbox = mkdtempSync(join(tmpdir(), 'provision-sandbox-'));
    host = await SandboxedHost.start(sandbox);
  });
  afterAll(async () => {
    await host.stop();
    rmSync(sandbox, { recursive: true, force: true });
  });
  const run = async (command: string, ...args: string[]) => {
    const [program = '', ...rest] = [...host.way, command, ...args];
    return (await execa(program, rest)).stdout;
  };

  it.each(['another', 'the same'])('on %s file system is refused, or written into', async (which) => {
    const { way } = host;
    if (which === 'another') {
      mkdirSync(join(folder, 'tools'));
      await run('mount', '-t', 'tmpfs', 't', join(folder, 'tools'));
    }
    const inner = join(folder, which === 'another' ? 'tools/inner' : 'inner');
    await run('cp', '-p', path, inner);
    await run('mount', '--bind', inner, path);
    const message = `${path} is a mount point, so no other file can take its place`;
    const task = (more: object) => line({ path, line: 'y=2', ...more });
    const { plan, failure } = await converge(task({}), { way });
    // In check mode, a bind mount of the same file system isn't seen.
    if (which === 'another') expect(plan).toMatchObject({ verdict: 'refused', message });
    else
      expect(failure).toBe(
        `${message}: nothing was changed. Change the file that is mounted there, or unmount it, or set unsafe_writes: true to write into the file itself`,
      );
    if (which === 'another')
      for (const gone of [file({ path, state: 'absent' }), link({ path, target: '/x', force: true })])
        expect(await check(gone, { way })).toMatchObject({ verdict: 'refused', message });
    expect(await run('cat', path)).toBe('x=1');
    const before = names();
    for (const shell of ['dash', 'busybox sh'])
      expect(await converge(task({ unsafe_writes: true, mode: '0640' }), { way, shell })).toMatchObject({
        failure: undefined,
      });
    expect(await run('cat', inner)).toBe('x=1\ny=2');
    expect(await run('stat', '-c', '%a', path)).toBe('640');
    const [kept = '', ...more] = names().filter((name) => !before.includes(name));
    expect([kept, ...more]).toEqual([expect.stringMatching(/^a file\..*\.bak$/)]);
    expect(readFileSync(join(folder, kept), 'utf8')).toBe('x=1\n');
  });
});

// Only root sets these flags, and not every file system has them.
describe.runIf(hasFlags)('what is immutable or append-only', () => {
  it.each([
    ['i', 'immutable'],
    ['a', 'append-only'],
  ])('is told with its way out, and nothing is left: chattr +%s', async (flag, word) => {
    execaSync('chattr', [`+${flag}`, path]);
    const task = line({ path, line: 'y=2', unsafe_writes: true });
    const toAllow = `nothing was changed. To allow it: chattr -${flag}`;
    expect((await converge(task)).failure).toBe(`${path} is ${word}: ${toAllow} ${path}`);
    execaSync('chattr', [`-${flag}`, path]);
    execaSync('chattr', [`+${flag}`, folder]);
    const refused = await converge(line({ path, line: 'y=2' }));
    expect(refused.failure).toBe(
      `the folder ${folder} is ${word}, so no other file can take the place of ${path}: ${toAllow} ${folder}, or set unsafe_writes: true to write into the file itself`,
    );
    expect([names(), readFileSync(path, 'utf8')]).toEqual([['a file'], 'x=1\n']);
    expect(await converge(line({ path, line: 'y=2', unsafe_writes: true, backup: false }))).toMatchObject({
      failure: undefined,
    });
    expect([names(), readFileSync(path, 'utf8')]).toEqual([['a file'], 'x=1\ny=2\n']);
  });
});
