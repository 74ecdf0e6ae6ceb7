import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../../dist/src/cli/main.js', import.meta.url));

/** Service in a process of its own, as its users run it. */
export interface ServiceProcess {
  readonly url: string;
  readonly registry: string | undefined;
  readonly setupToken: string | undefined;
  readonly child: ChildProcess;
  /** Text of its standard error until now. */
  readonly log: () => string;
  /** Ends it by a signal, and waits for that. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

/** Starts `provision serve`. @param config options of its configuration file, which is written @throws Error with its log */
export async function startServiceProcess(file: string, config: object): Promise<ServiceProcess> {
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });
  const child = spawn(process.execPath, [main, 'serve', '--config', file, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1' },
  });
  let log = '';
  child.stderr.on('data', (chunk) => {
    log += String(chunk);
  });
  const over = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  const first = await Promise.race([once(lines, 'line'), over.then(() => undefined)]);
  if (first === undefined) throw new Error(`the service did not start: ${log}`);
  const { url, registry, setupToken } = JSON.parse(String(first[0]));
  return {
    url,
    registry,
    setupToken,
    child,
    log: () => log,
    end: async (signal) => {
      child.kill(signal);
      await over;
    },
  };
}
