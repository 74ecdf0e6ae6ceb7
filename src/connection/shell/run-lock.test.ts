import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lockFrame, lockRefusal } from './run-lock.js';

/** A user of its own for these tests, where there may be one: what they lock is nobody else's. */
const uid = process.getuid?.() === 0 ? 61_234 : (process.getuid?.() ?? 0);
const lockLink = `/tmp/provision-${uid}/lock.d`;
const needed = ['sh', 'id', 'mkdir', 'head', 'sleep', 'dd', 'readlink', 'rm', 'ln', 'cat', 'kill', 'tr', 'od', 'sed'];
let bin = '';

beforeAll(async () => {
  bin = await mkdtemp(join(tmpdir(), 'no-flock-'));
  await chmod(bin, 0o755);
  for (const name of needed) await symlink(`/usr/bin/${name}`, join(bin, name));
});
afterAll(async () => {
  await rm(bin, { recursive: true });
  if (uid === 61_234) await rm(`/tmp/provision-${uid}`, { recursive: true, force: true });
});

/** A shell that asks for the lock, and says `held` when it has it. */
function shell() {
  const child = spawn('/bin/sh', [], { env: { PATH: bin }, uid, stdio: ['pipe', 'pipe', 'ignore'] });
  let said = '';
  child.stdout.on('data', (bytes) => {
    said += String(bytes);
  });
  child.stdin.write(`exec 8>&1\n${lockFrame('token', { name: 'tested' })}echo held\n`);
  return { child, said: () => said, ended: once(child, 'exit') };
}

describe('the run lock, where there is no flock', () => {
  it('is held by one shell, and goes when that is killed', async () => {
    const first = shell();
    await expect.poll(first.said, { timeout: 5000 }).toContain('held');
    expect(await readlink(lockLink)).toBe(String(first.child.pid));
    const second = shell();
    expect((await second.ended)[0]).toBe(75);
    expect(second.said()).not.toContain('held');
    first.child.kill('SIGKILL');
    await first.ended;
    const third = shell();
    await expect.poll(third.said, { timeout: 5000 }).toContain('held');
    third.child.kill('SIGKILL');
    await third.ended;
  }, 30_000);

  it('is taken over from a shell of which nothing is left, as after the host was started anew', async () => {
    await rm(lockLink, { force: true });
    await symlink(String(2 ** 31 - 1), lockLink);
    const next = shell();
    await expect.poll(next.said, { timeout: 5000 }).toContain('held');
    next.child.kill('SIGKILL');
    await next.ended;
  });
});

it('is taken in no folder that another user has put there', async () => {
  const uid = 4_200_000 + (process.pid % 100_000);
  const folder = `/tmp/provision-${uid}`;
  const elsewhere = await mkdtemp(join(tmpdir(), 'elsewhere-'));
  const named = `id() { case $1 in -u) echo ${uid} ;; *) echo me ;; esac; }; exec 8>&2\n`;
  const take = async () =>
    (await execa('sh', { input: named + lockFrame('T', { name: 'claim' }), reject: false })).stdout;
  try {
    await symlink(elsewhere, folder);
    expect(await take()).toContain(`cannot use ${folder}, which must be a folder of me and no link\nT 1;`);
    expect(await readdir(elsewhere)).toEqual([]);
    await rm(folder);
    await writeFile(folder, '');
    expect(await take()).toContain(`cannot use ${folder}`);
    expect(lockRefusal(1, `cannot use ${folder}`)).toMatchObject({ problem: 'locked', hint: expect.any(String) });
  } finally {
    await rm(folder, { force: true });
    await rm(elsewhere, { recursive: true });
  }
});
