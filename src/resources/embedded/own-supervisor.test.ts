import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, describe, expect, it } from 'vitest';
import { type Sh, sh } from '../../sh.js';
import { endSupervisor, ownSupervisor } from './own-supervisor.js';

const folder = mkdtempSync(join(tmpdir(), 'supervisor-'));
const started: ChildProcess[] = [];
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

const script = 'program/registry/supervisor/supervise.js';

/** A folder of a registry, with what stands in its pid file. */
function home(name: string, pid?: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(join(path, script)), { recursive: true });
  writeFileSync(join(path, script), "setInterval(() => {}, 1000); console.log('runs');");
  if (pid !== undefined) writeFileSync(join(path, 'pid'), pid);
  return path;
}

async function start(...args: string[]): Promise<ChildProcess & { readonly id: string }> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  started.push(child);
  await once(child.stdout, 'data');
  return Object.assign(child, { id: String(child.pid) });
}

const shells = [['dash'], ['bash', '--posix'], ['busybox', 'sh']].filter(([name = '']) => existsSync(`/bin/${name}`));

describe.each(shells)('with %s', (...shell: string[]) => {
  const run = async (of: string, what: Sh): Promise<string> => {
    const [program = 'sh', ...args] = shell;
    const text = sh`home=${of}
${ownSupervisor}
${what}
if supervised; then echo runs; else echo stopped; fi`.script;
    const { stdout, stderr } = await execa(program, [...args, '-c', text], { timeout: 20_000 });
    return `${stdout}${stderr}`;
  };

  it('believes no number in the pid file that is not of its own supervisor', async () => {
    const stranger = await start('-e', "setInterval(() => {}, 1000); console.log('runs');");
    const [own, other] = [home(`own-${shell[0]}`), home(`other-${shell[0]}`)];
    const otherOne = await start(join(other, script), 'run', join(other, 'pid'), 'log');
    const canary = join(folder, 'canary');
    const numbers = [stranger.id, otherOne.id, '0', '-1', '1', '', 'none', `$(touch ${canary})`, '9'.repeat(30), '/'];
    for (const number of [...numbers, `0${stranger.id}`, `${stranger.id} ${otherOne.id}`, `x\n${stranger.id}`]) {
      home(`own-${shell[0]}`, `${number}\n`);
      expect(`${number}: ${await run(own, endSupervisor)}`).toBe(`${number}: stopped`);
    }
    expect([stranger, otherOne].map(({ exitCode, signalCode }) => exitCode ?? signalCode)).toEqual([null, null]);
    expect(existsSync(canary)).toBe(false);
  });

  it('reads no pid file that is a link, a folder or a pipe', async () => {
    const path = home(`odd-${shell[0]}`);
    const mine = await start(join(path, script), 'run', join(path, 'pid'), 'log');
    writeFileSync(join(path, 'elsewhere'), mine.id);
    symlinkSync('elsewhere', join(path, 'pid'));
    expect(await run(path, sh`:`)).toBe('stopped');
    rmSync(join(path, 'pid'));
    mkdirSync(join(path, 'pid'));
    expect(await run(path, sh`:`)).toBe('stopped');
    rmSync(join(path, 'pid'), { recursive: true });
    await execa('mkfifo', [join(path, 'pid')]);
    expect(await run(path, sh`:`)).toBe('stopped');
    expect(mine.exitCode ?? mine.signalCode).toBe(null);
  });

  it('finds its own, and ends it', async () => {
    const path = home(`mine-${shell[0]}`);
    const mine = await start(join(path, script), 'run', join(path, 'pid'), 'log');
    writeFileSync(join(path, 'pid'), `${mine.id}\n`);
    expect(await run(path, sh`:`)).toBe('runs');
    const ended = once(mine, 'exit');
    expect(await run(path, endSupervisor)).toBe('stopped');
    expect(await ended).toEqual([null, 'SIGTERM']);
  });
});
