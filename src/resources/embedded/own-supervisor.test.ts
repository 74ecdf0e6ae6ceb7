import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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

  it('ends no process for its number in the pid file', async () => {
    const stranger = await start('-e', "setInterval(() => {}, 1000); console.log('runs');");
    const other = home('other');
    const otherOne = await start(join(other, script), 'run', join(other, 'pid'), join(other, 'log'));
    const canary = join(folder, 'canary');
    for (const number of [stranger.id, otherOne.id, '0', '-1', `$(touch ${canary})`]) {
      expect(`${number}: ${await run(home('own', `${number}\n`), endSupervisor)}`).toBe(`${number}: stopped`);
    }
    expect([stranger, otherOne].map(({ exitCode, signalCode }) => exitCode ?? signalCode)).toEqual([null, null]);
    expect(existsSync(canary)).toBe(false);
  });

  it('finds its own whatever became of the pid file, and ends it', async () => {
    const path = home('mine', '1\n');
    const mine = await start(join(path, script), 'run', join(path, 'pid'), join(path, 'log'), 'node', 'main.js');
    expect(await run(path, sh`:`)).toBe('runs');
    const ended = once(mine, 'exit');
    expect(await run(path, endSupervisor)).toBe('stopped');
    expect(await ended).toEqual([null, 'SIGTERM']);
  });
});
