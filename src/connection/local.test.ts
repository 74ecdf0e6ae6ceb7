import { execa } from 'execa';
import { expect, test, vi } from 'vitest';
import { sh } from '../sh.js';
import { localTransport } from './local.js';
import { hostConnection } from './shell/host-connection.js';

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

async function processes(): Promise<Process[]> {
  const { stdout } = await execa('ps', ['-eo', 'pid=,ppid=,args=']);
  return stdout.split('\n').map((line) => {
    const [, pid, parent, command = ''] = /^ *(\d+) +(\d+) (.*)$/.exec(line) ?? [];
    return { pid: Number(pid), parent: Number(parent), command };
  });
}

test('a script went on for good where its watch took longer than the close waited', async () => {
  const connection = hostConnection(localTransport(), { becomePassword: undefined, shellDeadline: 30 });
  const running = connection.probe([{ script: sh`sleep 71.25; sleep 71.25` }], false);
  const lost = expect(running).rejects.toMatchObject({ problem: 'lost' });
  const sleeping = async () => (await processes()).filter(({ command }) => command === 'sleep 71.25');
  await vi.waitFor(async () => expect(await sleeping()).toHaveLength(1), { timeout: 30_000 });
  const all = await processes();
  const up = (of: Process | undefined) => all.find(({ pid }) => pid === of?.parent);
  const above = new Set<Process>();
  for (let each = up((await sleeping())[0]); each !== undefined; each = up(each)) above.add(each);
  const shells = [...above].slice(
    0,
    [...above].findIndex(({ pid }) => pid === process.pid),
  );
  const dd = all.find((each) => each.command.startsWith('dd ') && shells.some(({ pid }) => pid === up(up(each))?.pid));
  const watch = dd?.parent ?? Number.NaN;
  process.kill(watch, 'SIGSTOP');
  const closed = connection.close();
  await new Promise((resolve) => setTimeout(resolve, 8000)); // longer than is waited for a shell
  process.kill(watch, 'SIGCONT');
  await Promise.all([closed, lost]);
  await vi.waitFor(async () => expect(await sleeping()).toEqual([]), { timeout: 30_000 });
});
