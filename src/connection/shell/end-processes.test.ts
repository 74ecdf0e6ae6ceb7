import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { execa } from 'execa';
import { describe, expect, it, vi } from 'vitest';
import { endProcesses, watchedShell } from './end-processes.js';

describe.each(['dash', 'bash', 'busybox sh'])('the script that ends processes, in %s', (shell) => {
  const [file = '', ...args] = shell.split(' ');

  const target = () => {
    // What is in the background loses its parent, and stays in the process group.
    const child = spawn('sh', ['-c', '(sleep 171.5 & sleep 171.5 &) ; sh -c "sleep 171.5; :"; :'], { detached: true });
    return child.pid ?? 0;
  };
  const states = async () => {
    const { stdout } = await execa('ps', ['-eo', 'stat=,args='], { stdin: 'ignore' });
    return stdout.split('\n').filter((line) => /sleep 171\.5$/.test(line) && !line.startsWith('Z'));
  };

  it('finds those below and those that lost their parent', async () => {
    const pid = target();
    await vi.waitFor(async () => expect(await states()).toHaveLength(3), { timeout: 10_000 });
    await execa(file, [...args, '-c', endProcesses(pid).script]);
    expect(await states()).toEqual([]);
  });

  it('leaves nothing stopped when it is told to end itself', async () => {
    const pid = target();
    await vi.waitFor(async () => expect(await states()).toHaveLength(3), { timeout: 10_000 });
    const ending = execa(file, [...args, '-c', endProcesses(pid).script], { reject: false });
    await vi.waitFor(() => expect(ignores(ending.pid ?? 0, 15)).toBe(true), { timeout: 10_000, interval: 1 });
    ending.kill('SIGTERM');
    await ending;
    await vi.waitFor(async () => expect(await states()).toEqual([]), { timeout: 20_000 });
  });
});

// Those before it in the watch's list ended at once, and with them the shell, whose end ended the watch.
it.each([
  'dash',
  'bash',
  'busybox sh',
])('the watch of a shell was ended before it had ended all, in %s', async (shell) => {
  const [file = '', ...args] = shell.split(' ');
  const left = async () => {
    const { stdout } = await execa('ps', ['-eo', 'stat=,args='], { stdin: 'ignore' });
    return stdout.split('\n').filter((line) => line.endsWith('sleep 172.5') && !line.startsWith('Z')).length;
  };
  const child = spawn(file, [...args, '-c', watchedShell], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  child.stdin.write(`(sh -c 'n=0; while [ $n -lt 200 ]; do sleep 172.5 & n=$((n+1)); done; wait'; :)\n`);
  await vi.waitFor(async () => expect(await left()).toBe(200), { timeout: 30_000 });
  child.stdin.end();
  await vi.waitFor(async () => expect(await left()).toBe(0), { timeout: 20_000, interval: 500 });
});

/** Tells whether a process ignores a signal. */
function ignores(pid: number, signal: number): boolean {
  const [, mask = '0'] = /^SigIgn:\s*(\w+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return ((BigInt(`0x${mask}`) >> BigInt(signal - 1)) & 1n) === 1n;
}
