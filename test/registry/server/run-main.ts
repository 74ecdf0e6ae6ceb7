import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export interface RunningMain {
  readonly url: string;
  readonly child: ChildProcess;
  /** Ends it by a signal. @returns its exit status, null when the signal ended it */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
}

/** Program as hosts get it. */
const main = fileURLToPath(new URL('../../../dist/registry-program/registry/server/main.js', import.meta.url));

/** Runs another command of the program, to its end. @returns its exit status and all that it printed */
export async function runMainOnce(...words: readonly string[]): Promise<{ status: number | null; output: string }> {
  const child = spawn(process.execPath, [main, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text: Buffer) => {
      output += text.toString();
    });
  }
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, output };
}

/** Starts the registry's own program in a process, and waits until it listens. */
export async function runMain(dir: string, ...options: readonly string[]): Promise<RunningMain> {
  const ready = join(dir, 'ready');
  await rm(ready, { force: true });
  const child = spawn(process.execPath, [main, '--dir', dir, '--ready-file', ready, ...options], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (text: Buffer) => {
    said += text.toString();
  });
  const exit = once(child, 'exit');
  return {
    url: await whenReady(ready, child, () => said),
    child,
    async end(signal) {
      child.kill(signal);
      const [status] = (await exit) as [number | null];
      return status;
    },
  };
}

async function whenReady(ready: string, child: ChildProcess, said: () => string): Promise<string> {
  // A moment on a quiet machine, many on a busy one.
  const deadline = performance.now() + 60_000;
  while (performance.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`the registry ended with ${child.exitCode}: ${said()}`);
    const url = await readFile(ready, 'utf8').catch(() => ''); // It isn't there yet.
    if (url !== '') return url.trim();
    await pause(25);
  }
  child.kill('SIGKILL');
  throw new Error(`the registry doesn't listen: ${said()}`);
}
