import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { RunEvent, RunReport } from '../../src/engine/events.js';

const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

/** The folder of the checkout. */
export const checkout = fileURLToPath(new URL('../..', import.meta.url));

export interface ProvisionResult {
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

export interface ProvisionOptions {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  readonly input?: string;
}

/** Runs the built command as its users do: a process of its own, off a terminal. */
export async function provision(args: readonly string[], options: ProvisionOptions = {}): Promise<ProvisionResult> {
  const started = performance.now();
  const { exitCode, stdout, stderr } = await execa(process.execPath, [main, ...args], {
    cwd: options.cwd ?? checkout,
    env: { NO_COLOR: '1', PROVISION_KEEP_RUNS: '0', ...options.env },
    reject: false,
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
  });
  return { status: exitCode, stdout, stderr, seconds: (performance.now() - started) / 1000 };
}

export type TaskEnd = Extract<RunEvent, { event: 'task-end' }>;

export interface JsonRun extends ProvisionResult {
  readonly events: readonly RunEvent[];
  readonly report: RunReport;
  /** How every task ended, in the order of the report. */
  readonly tasks: readonly TaskEnd[];
}

/** Runs with `--output json` and reads what came out. Fails with everything printed when that isn't a report. */
export async function provisionJson(args: readonly string[], options: ProvisionOptions = {}): Promise<JsonRun> {
  const result = await provision([...args, '--output', 'json'], options);
  const lines = result.stdout.split('\n').filter((line) => line !== '');
  const report = lines.length > 0 ? JSON.parse(lines.pop() ?? '') : undefined;
  if (report?.report !== 1) throw new Error(`no report; exit ${result.status}\n${result.stdout}\n${result.stderr}`);
  const events = lines.map((line): RunEvent => JSON.parse(line));
  const tasks = events.filter((event): event is TaskEnd => event.event === 'task-end');
  return { ...result, events, report, tasks };
}

/** The tasks that ended so, as `host role task`, for readable comparisons. */
export function named(tasks: readonly TaskEnd[], ...outcomes: TaskEnd['outcome'][]): string[] {
  return tasks
    .filter((task) => outcomes.includes(task.outcome))
    .map((task) => `${task.host} ${task.role ?? '-'} ${task.handler ? 'handler ' : ''}${task.task}`);
}

/** The built command at work, for tests that send it signals. */
export interface RunningProvision {
  readonly pid: number;
  /** Everything printed so far, both streams. */
  said(): string;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<{ readonly status: number | undefined; readonly signal: string | undefined }>;
}

/** Starts the built command and leaves it running. */
export function startProvision(args: readonly string[], options: ProvisionOptions = {}): RunningProvision {
  const child = execa(process.execPath, [main, ...args], {
    cwd: options.cwd ?? checkout,
    env: { NO_COLOR: '1', PROVISION_KEEP_RUNS: '0', ...options.env },
    reject: false,
    stdin: 'ignore',
    all: true,
    buffer: false,
  });
  let text = '';
  child.all.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('provision did not start');
  return {
    pid,
    said: () => text,
    kill: (signal) => void child.kill(signal),
    ended: child.then(({ exitCode, signal }) => ({ status: exitCode, signal })),
  };
}
