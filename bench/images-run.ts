import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { ProxyCounts } from '../test/registry/proxy/proxy-counts.js';
import type { Stage } from './images-stage.js';

/** One command, measured whole: its process, and what both registries saw of it. */
export interface Run {
  readonly seconds: number;
  readonly cpu: number;
  /** Largest resident size, in MB. */
  readonly memory: number;
  readonly source: ProxyCounts;
  readonly target: ProxyCounts;
}

/** Runs a command and measures it. @throws Error with what it printed when it fails */
export async function run(stage: Stage, command: readonly string[], delayMs: number): Promise<Run> {
  const state = await mkdtemp(join(stage.folder, 'state-'));
  await Promise.all([stage.source, stage.target].map(({ proxy }) => proxy.reset({ delayMs })));
  const report = join(state, 'time');
  const { exitCode, stdout, stderr } = await execa('/usr/bin/time', ['-o', report, '-f', '%e %U %S %M', ...command], {
    env: { NO_COLOR: '1', XDG_STATE_HOME: state, TMPDIR: state },
    reject: false,
  });
  if (exitCode !== 0) throw new Error(`${command.join(' ')} ended with ${exitCode}\n${stdout}\n${stderr}`);
  const [seconds = 0, user = 0, system = 0, memory = 0] = (await readFile(report, 'utf8'))
    .trim()
    .split(' ')
    .map(Number);
  const [source, target] = await Promise.all([stage.source.proxy.counts(), stage.target.proxy.counts()]);
  await rm(state, { recursive: true });
  return { seconds, cpu: user + system, memory: memory / 1024, source, target };
}

/** The run in the middle by time. */
export function median(runs: readonly Run[]): Run {
  const middle = [...runs].sort((a, b) => a.seconds - b.seconds)[Math.floor(runs.length / 2)];
  if (middle === undefined) throw new Error('no runs');
  return middle;
}

/** `790 (500 blob-get, 190 manifest-get, 100 token)` */
export function requestsText({ total, requests }: ProxyCounts): string {
  const kinds = Object.entries(requests).sort(([, a], [, b]) => b - a);
  return `${total} (${kinds.map(([kind, count]) => `${count} ${kind}`).join(', ')})`;
}
