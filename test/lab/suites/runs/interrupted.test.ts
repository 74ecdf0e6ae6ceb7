import { createServer, type Server } from 'node:net';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { labHost, type Scratch, scratch } from '../../../kit/inventory.js';
import { checkout, provision, startProvision } from '../../../kit/provision.js';
import { takeHosts } from '../../../kit/vitest/holding.js';
import { resetHost, ssh } from '../../lab.js';

const [host] = await takeHosts(1);

/** One that runs for long, with a child, one in the background, and one whose parent is gone. */
const long = `echo at work; (sleep 3011 &) ; sleep 3012 & sh -c 'sleep 3013; :'; sleep 3014`;

/** What is left of it, as the host sees it. */
async function left(): Promise<string> {
  return (await ssh(host, 'pgrep -a -x sleep | grep " 301[0-9]$"; :')).stdout;
}

describe('Ctrl-C', () => {
  let folder: Scratch;
  let inventory: string;
  beforeAll(() => resetHost(host));
  beforeEach(() => {
    folder = scratch();
    inventory = folder.inventory({ [host]: labHost(host) });
  });
  afterEach(async () => {
    await ssh(host, 'rm -f /etc/first /etc/second; pkill -x sleep');
    folder.remove();
  });

  const twoTasks = (first: string) =>
    folder.write(
      'site.yaml',
      `- hosts: all
  tasks:
    - command: { cmd: ${JSON.stringify(first)}, always: true }
    - file: { path: /etc/second, content: "" }
`,
    );

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('once (%s): what runs ends, nothing new begins', async (signal) => {
    const run = startProvision([twoTasks('sleep 3; touch /etc/first'), '-i', inventory]);
    await vi.waitFor(async () => expect((await ssh(host, 'pgrep -x sleep')).exitCode).toBe(0), { timeout: 20_000 });
    run.kill(signal);
    expect(await run.ended).toMatchObject({ status: 130 });
    expect(run.said()).toContain('interrupted: finishing the tasks under way (Ctrl-C again to stop now)');
    expect(run.said()).toMatch(new RegExp(`PLAY RECAP[^]*${host} +: ok=1`));
    expect((await ssh(host, 'ls /etc/first /etc/second')).stdout).toBe('/etc/first');
  });

  it.each([
    'SIGINT',
    'SIGTERM',
  ] as const)('twice (%s): it stops at once, and what ran on the host is gone in seconds', async (signal) => {
    const run = startProvision([twoTasks(long), '-i', inventory]);
    await vi.waitFor(async () => expect((await left()).split('\n')).toHaveLength(3), { timeout: 20_000 });
    run.kill(signal);
    await vi.waitFor(() => expect(run.said()).toContain('again to stop now'), { timeout: 10_000 });
    const began = performance.now();
    run.kill(signal);
    expect(await run.ended).toMatchObject({ status: 130 });
    expect(performance.now() - began).toBeLessThan(2000);
    await vi.waitFor(async () => expect(await left()).toBe(''), { timeout: 10_000, interval: 300 });
    expect((await ssh(host, 'ls /etc/second')).exitCode).not.toBe(0);
  });

  it('as a user that becomes another: the same', async () => {
    inventory = folder.inventory({ [host]: labHost(host, { user: 'operator', become: true }) });
    const run = startProvision([twoTasks(long), '-i', inventory]);
    await vi.waitFor(async () => expect((await left()).split('\n')).toHaveLength(3), { timeout: 20_000 });
    run.kill('SIGINT');
    await vi.waitFor(() => expect(run.said()).toContain('again to stop now'), { timeout: 10_000 });
    run.kill('SIGINT');
    expect(await run.ended).toMatchObject({ status: 130 });
    await vi.waitFor(async () => expect(await left()).toBe(''), { timeout: 10_000, interval: 300 });
  });

  it('killed outright: the same, and the next run, at once, is not refused', async () => {
    const run = startProvision([twoTasks(long), '-i', inventory]);
    await vi.waitFor(async () => expect((await left()).split('\n')).toHaveLength(3), { timeout: 20_000 });
    run.kill('SIGKILL');
    await run.ended;
    const next = await provision([twoTasks('touch /etc/first'), '-i', inventory]);
    expect(next.status, next.stdout).toBe(0);
    expect(await left()).toBe('');
  });

  describe('while it', () => {
    let silent: Server;
    beforeAll(
      () =>
        new Promise<void>((resolve) => {
          silent = createServer(() => {}).listen(0, '127.0.0.1', resolve);
        }),
    );
    afterAll(() => silent.close());

    it('connects ends it at once', async () => {
      const address = silent.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      inventory = folder.inventory({ slow: { ...labHost(host), host: '127.0.0.1', port, connect_timeout: 60 } });
      const run = startProvision([twoTasks('true'), '-i', inventory]);
      await vi.waitFor(() => expect(run.said()).toContain('play all'), { timeout: 10_000 });
      const began = performance.now();
      run.kill('SIGINT');
      expect(await run.ended).toMatchObject({ status: 130 });
      expect(performance.now() - began).toBeLessThan(2000);
      expect(run.said()).toContain('PLAY RECAP');
    });

    it('asks for a password ends it, and no host is contacted', async () => {
      const main = `${checkout}/dist/src/cli/main.js`;
      const command = `${process.execPath} ${main} ${twoTasks('touch /etc/first')} -i ${inventory} -K`;
      const terminal = execa('script', ['-qec', command, '/dev/null'], { stdin: 'pipe', reject: false, all: true });
      terminal.stdout.on('data', (chunk: Buffer) => {
        if (chunk.includes('BECOME password: ')) setTimeout(() => terminal.stdin.write('half\x03'), 100);
      });
      const { exitCode, all } = await terminal;
      expect(exitCode, all).toBe(130);
      expect(all).not.toContain('play all');
      expect((await ssh(host, 'ls /etc/first')).exitCode).not.toBe(0);
    });
  });
});
