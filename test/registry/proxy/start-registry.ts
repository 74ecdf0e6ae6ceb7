import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export interface StartedRegistry {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  /** Its storage. */
  readonly folder: string;
  /** Takes everything out of it. The process stays. */
  empty(): Promise<void>;
  close(): Promise<void>;
}

/** Whether a program of Debian's is there; where everything is required, that it isn't is an error. */
export function installed(program: 'docker-registry' | 'skopeo' | 'podman' | 'tinyproxy'): boolean {
  try {
    execFileSync(program, [program === 'tinyproxy' ? '-v' : '--version'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    if (process.env.PROVISION_REQUIRE_LAB === '1') throw new Error(`${program} is not installed`, { cause: error });
    return false;
  }
}

/**
 * Starts Debian's docker-registry on loopback, on a folder of its own. It wants no account.
 * @param memory true: it keeps all in memory, which takes half of the time; emptied, it starts anew
 */
export async function startRegistry({ memory = false } = {}): Promise<StartedRegistry> {
  const home = await mkdtemp(join(tmpdir(), 'provision-registry-'));
  const folder = join(home, 'data');
  const port = await freePort();
  const config = {
    version: 0.1,
    log: { level: 'error', accesslog: { disabled: true } },
    storage: {
      ...(memory ? { inmemory: {} } : { filesystem: { rootdirectory: folder } }),
      delete: { enabled: true },
    },
    http: { addr: `127.0.0.1:${port}`, secret: 'of a test' },
  };
  await writeFile(join(home, 'config.yml'), JSON.stringify(config));
  const url = `http://127.0.0.1:${port}`;
  let end = await serve(home, url);
  return {
    url,
    folder,
    async empty() {
      if (!memory) return rm(join(folder, 'docker'), { recursive: true, force: true });
      await end();
      end = await serve(home, url);
    },
    async close() {
      await end();
      await rm(home, { recursive: true });
    },
  };
}

/** Processes that a test which runs out of time leaves: it closes nothing. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const process_ of running) process_.kill('SIGKILL');
});

/** Starts the process, waits until it answers, and gives what ends it. */
async function serve(home: string, url: string): Promise<() => Promise<void>> {
  const process_ = spawn('docker-registry', ['serve', join(home, 'config.yml')], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: dockerRegistryEnvironment(),
  });
  let said = '';
  process_.stderr.on('data', (text: Buffer) => {
    said = (said + text.toString()).slice(-4000);
  });
  running.add(process_);
  process_.once('exit', () => running.delete(process_));
  try {
    await answers(url, process_, () => said);
  } catch (error) {
    await ended(process_);
    await rm(home, { recursive: true });
    throw error;
  }
  return () => ended(process_);
}

/** Environment of docker-registry: one thread, as several spend half of their time in waking each other. */
export function dockerRegistryEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, OTEL_TRACES_EXPORTER: 'none', GOMAXPROCS: '1' };
}

async function answers(url: string, process_: ChildProcess, said: () => string): Promise<void> {
  // A moment on a quiet machine, many on a busy one.
  const deadline = performance.now() + 60_000;
  while (performance.now() < deadline) {
    if (process_.exitCode !== null) throw new Error(`docker-registry ended with ${process_.exitCode}: ${said()}`);
    const answer = await fetch(`${url}/v2/`).catch(() => undefined); // It isn't listening yet.
    if (answer?.status === 200) return;
    await pause(25);
  }
  throw new Error(`docker-registry doesn't answer at ${url}: ${said()}`);
}

async function ended(process_: ChildProcess): Promise<void> {
  if (process_.exitCode !== null || process_.signalCode !== null) return;
  const over = once(process_, 'exit');
  process_.kill('SIGKILL');
  await over;
}

/** A port of loopback that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
