import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type FaultyServer, faultyServer, type SessionFault } from '../../test/kit/connection/faulty-server.js';
import { type RoundTripProxy, roundTripProxy } from '../../test/kit/connection/round-trips.js';
import { freePort, type Sshd, sshdHasOwnRunLock, startSshd } from '../../test/kit/connection/sshd.js';
import { whenFree } from '../../test/kit/connection/when-free.js';
import { holding, runLock } from '../../test/kit/vitest/holding.js';
import type { ConnectionSettings } from '../model/play.js';
import { sh } from '../sh.js';
import type { Connection } from './connection.js';
import { openConnection } from './open.js';

if (!sshdHasOwnRunLock) holding(runLock);
let sshd: Sshd;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());

describe('a link that is lost', () => {
  let proxy: RoundTripProxy;
  const reached = async (): Promise<Connection> => {
    proxy = await roundTripProxy({ host: '127.0.0.1', port: sshd.port });
    const known = join(sshd.folder, `through_${proxy.port}`);
    writeFileSync(known, `[127.0.0.1]:${proxy.port} ${sshd.hostKey}\n`);
    return openConnection('host', sshd.settings({ port: proxy.port, knownHostsFiles: [known] }));
  };

  it('by a reset in the middle fails what runs and what comes, and the process lives', async () => {
    const connection = await reached();
    await connection.probe([{ script: sh`:` }], false);
    const lines: string[] = [];
    const running = connection.probe([{ script: sh`echo begun; sleep 5`, onLine: (line) => lines.push(line) }], false);
    const failed = running.catch((error: unknown) => error);
    await vi.waitFor(() => expect(lines).toEqual(['begun']), { timeout: 5000 });
    proxy.cut();
    expect(await failed).toMatchObject({ problem: 'lost', message: expect.stringContaining('the link was lost') });
    await expect(connection.probe([{ script: sh`:` }], false)).rejects.toMatchObject({ problem: 'lost' });
    await expect(connection.upload(sh`cat`, Readable.from(['x']), false)).rejects.toMatchObject({ problem: 'lost' });
    await connection.close();
    await proxy.close();
  });

  it('by a reset while nothing runs is told with the next request', async () => {
    const connection = await reached();
    await connection.probe([{ script: sh`:` }], false);
    proxy.cut();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await expect(connection.probe([{ script: sh`:` }], false)).rejects.toMatchObject({ problem: 'lost' });
    await connection.close();
    await proxy.close();
  });

  it('in silence is noticed by the answers that are missing', { timeout: 40_000 }, async () => {
    const connection = await reached();
    await connection.probe([{ script: sh`:` }], false);
    proxy.silence();
    await expect(connection.probe([{ script: sh`echo` }], false)).rejects.toMatchObject({
      problem: 'lost',
      message: expect.stringContaining('nothing was received for 20 s'),
    });
    await connection.close();
    await proxy.close();
  });

  it('lets go of the run lock, and ends what ran', async () => {
    const connection = await reached();
    connection.lock(false);
    await whenFree(() => connection.probe([{ script: sh`:` }], false));
    const failed = connection.probe([{ script: sh`sleep 72.5` }], false).catch((error: unknown) => error);
    await vi.waitFor(async () => expect(await running('sleep 72.5')).toBe(1), { timeout: 5000 });
    proxy.cut();
    await failed;
    await vi.waitFor(async () => expect(await running('sleep 72.5')).toBe(0), { timeout: 10_000 });
    const next = await openConnection('host', sshd.settings());
    next.lock(false);
    const [reply] = await whenFree(() => next.probe([{ script: sh`echo in` }], false));
    expect(reply?.stdout).toBe('in\n');
    await next.close();
    await proxy.close();
  });

  it('ends a script that reads, also one whose shell was killed before', async () => {
    const connection = await reached();
    const script = sh`sleep 73.5; sleep 73.5`;
    const failed = connection.upload(script, Readable.from(['']), false).catch((error: unknown) => error);
    await vi.waitFor(async () => expect(await running('sleep 73.5')).toBe(1), { timeout: 5000 });
    const { stdout } = await execa('ps', ['-eo', 'pid=,ppid=,args=']);
    const rows = stdout.split('\n').map((line) => line.trim().split(/ +/));
    const parentOf = (pid: string | undefined) => rows.find(([own]) => own === pid)?.[1];
    const sleep = rows.find((row) => row.slice(2).join(' ') === 'sleep 73.5')?.[0];
    const shell = parentOf(parentOf(sleep));
    expect(Number(shell)).toBeGreaterThan(1);
    process.kill(Number(shell), 'SIGKILL');
    process.kill(Number(sleep), 'SIGSTOP');
    proxy.cut();
    await failed;
    await vi.waitFor(async () => expect(await running('sleep 73.5')).toBe(0), { timeout: 10_000 });
    await connection.close();
    await proxy.close();
  });
});

describe.each(['ssh', 'local'] as const)('a controller that is killed (%s)', (kind) => {
  if (kind === 'local' && sshdHasOwnRunLock) holding(runLock);
  it('leaves neither lock nor processes', async () => {
    const settings = sshd.settings({ connection: kind });
    const file = join(sshd.folder, `settings_${kind}`);
    writeFileSync(file, JSON.stringify(settings));
    const controller = execa('node_modules/.bin/jiti', ['test/kit/connection/hold-lock.ts', file], { reject: false });
    await new Promise<void>((resolve) => controller.stdout.on('data', () => resolve()));
    await vi.waitFor(async () => expect(await running('sleep 71.5')).toBe(1), { timeout: 5000 });
    const second = await openConnection('host', settings);
    second.lock(false);
    await expect(second.probe([{ script: sh`:` }], false)).rejects.toMatchObject({
      problem: 'locked',
      message: expect.stringContaining(`process ${controller.pid},`),
    });
    controller.kill('SIGKILL');
    await controller;
    await vi.waitFor(async () => expect(await running('sleep 71.5')).toBe(0), { timeout: 10_000 });
    const [reply] = await whenFree(() => second.probe([{ script: sh`echo in` }], false));
    expect(reply?.stdout).toBe('in\n');
    await second.close();
  });
});

describe('a server that', () => {
  let server: FaultyServer;
  const reach = async (fault: SessionFault) => {
    server = await faultyServer(fault);
    const known = join(sshd.folder, `faulty_${server.port}`);
    writeFileSync(known, server.knownHosts);
    return openConnection('host', sshd.settings({ port: server.port, knownHostsFiles: [known] }));
  };
  const outcome = async (fault: SessionFault) => {
    const connection = await reach(fault);
    const error: unknown = await connection.probe([{ script: sh`:` }], false).catch((reason: unknown) => reason);
    await connection.close();
    await server.close();
    return error;
  };

  it('refuses a session is said to', async () => {
    expect(await outcome((_accept, reject) => reject())).toMatchObject({
      problem: 'shell',
      message: expect.stringContaining('opens no channel'),
    });
  });

  it('never opens the channel is given up', async () => {
    expect(await outcome(undefined)).toMatchObject({
      problem: 'lost',
      message: expect.stringContaining('no channel was opened within 10 s'),
    });
  });

  it('closes the channel without an exit status has lost the link', async () => {
    const error = await outcome((accept) => {
      accept().on('exec', (acceptExec) => {
        const channel = acceptExec();
        channel.write('noise');
        channel.close();
      });
    });
    expect(error).toMatchObject({ problem: 'lost' });
  });

  it('gives no shell is quoted', async () => {
    const error = await outcome((accept) => {
      accept().on('exec', (acceptExec) => {
        const channel = acceptExec();
        channel.stderr.write('This account is currently not available.\n');
        channel.exit(1);
        channel.end();
      });
    });
    expect(error).toMatchObject({
      problem: 'shell',
      message: `127.0.0.1:${server.port} gives no shell: This account is currently not available.`,
    });
  });
});

describe('a host that cannot be reached', () => {
  const refusal = (overrides: Partial<ConnectionSettings>) =>
    openConnection('host', sshd.settings({ connectTimeout: 1, ...overrides })).catch((error: unknown) => error);

  it('refuses', async () => {
    const port = await freePort();
    expect(await refusal({ port })).toMatchObject({
      problem: 'refused',
      message: `127.0.0.1:${port} refused the connection`,
    });
  });

  it('has no address', async () => {
    expect(await refusal({ address: 'no-such-host.invalid' })).toMatchObject({ problem: 'unresolved' });
  });

  it('says nothing', async () => {
    const mute = createServer(() => {});
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const address = mute.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    expect(await refusal({ port })).toMatchObject({
      problem: 'timeout',
      message: `127.0.0.1:${port} did not answer within 1 s`,
    });
    mute.close();
  });

  it('is no ssh server', async () => {
    const other = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    expect(await refusal({ port })).toMatchObject({ problem: 'refused' });
    other.close();
  });
});

/** Counts the processes of this machine with this command line. */
async function running(command: string): Promise<number> {
  const { stdout } = await execa('ps', ['-eo', 'stat=,args=']);
  return stdout.split('\n').filter((line) => !line.startsWith('Z') && line.endsWith(` ${command}`)).length;
}
