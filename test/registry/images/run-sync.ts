import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { SyncReport } from '../../../src/registry/copy/sync-report.js';
import { syncCommand } from './sync-command.js';

export interface SyncRun {
  /** Nothing when it was killed. */
  readonly status: number | null;
  /** Nothing when it was killed before it wrote one, or the input was wrong. */
  readonly report: SyncReport | undefined;
  readonly stderr: string;
}

/** A place to run our sync from, with a journal that lasts from run to run. */
export interface SyncPlace {
  /** Syncs a list with `--json`. SIGKILL when `kill` says so, unless it has ended by then. */
  sync(list: string, from: string, to: string, options?: readonly string[], kill?: () => boolean): Promise<SyncRun>;
  close(): Promise<void>;
}

export async function syncPlace(): Promise<SyncPlace> {
  const folder = await mkdtemp(join(tmpdir(), 'provision-sync-'));
  const file = join(folder, 'list.yaml');
  return {
    async sync(list, from, to, options = [], kill) {
      await writeFile(file, list);
      const [program = '', ...args] = syncCommand(file, from, to, ['--json', ...options]);
      const child = spawn(program, args, {
        env: { PATH: process.env.PATH, HOME: folder, XDG_STATE_HOME: join(folder, 'state'), NO_COLOR: '1' },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const timer = setInterval(() => kill?.() === true && child.kill('SIGKILL'), 5);
      const exited = once(child, 'exit');
      const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
      const [status] = (await exited) as [number | null];
      clearInterval(timer);
      return { status, report: reportIn(stdout), stderr };
    },
    close: () => rm(folder, { recursive: true }),
  };
}

function reportIn(stdout: string): SyncReport | undefined {
  if (!stdout.trimEnd().endsWith(']')) return undefined;
  const [report] = JSON.parse(stdout) as SyncReport[];
  return report;
}
