import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { hashSync } from 'bcryptjs';
import { freePort } from '../proxy/start-registry.js';

export interface RegistrySettings {
  /** Default true. */
  readonly deletes?: boolean;
  readonly readOnly?: boolean;
  /** Users and their passwords; default: anybody. */
  readonly accounts?: Readonly<Record<string, string>>;
}

export interface RegistryOfTest {
  /** `127.0.0.1:port` */
  readonly host: string;
  /** Where its configuration and its storage (`data`) are. */
  readonly home: string;
  readonly config: string;
  readonly pid: number;
  close(): Promise<void>;
}

/** Starts Debian's docker-registry on loopback with the settings that a test is about. */
export async function startWith({
  deletes = true,
  readOnly = false,
  accounts,
}: RegistrySettings = {}): Promise<RegistryOfTest> {
  const home = await mkdtemp(join(tmpdir(), 'provision-admin-'));
  const host = `127.0.0.1:${await freePort()}`;
  const config = join(home, 'config.yml');
  if (accounts !== undefined) {
    const lines = Object.entries(accounts).map(([user, password]) => `${user}:${hashSync(password, 4)}\n`);
    await writeFile(join(home, 'htpasswd'), lines.join(''));
  }
  await writeFile(
    config,
    JSON.stringify({
      version: 0.1,
      log: { level: 'error', accesslog: { disabled: true } },
      storage: {
        filesystem: { rootdirectory: join(home, 'data') },
        delete: { enabled: deletes },
        maintenance: { readonly: { enabled: readOnly } },
      },
      http: { addr: host, secret: 'of a test' },
      ...(accounts === undefined ? {} : { auth: { htpasswd: { realm: 'test', path: join(home, 'htpasswd') } } }),
    }),
  );
  const child = spawn('docker-registry', ['serve', config], {
    stdio: 'ignore',
    env: { ...process.env, OTEL_TRACES_EXPORTER: 'none' },
  });
  await answers(host, child);
  return {
    host,
    home,
    config,
    pid: child.pid ?? 0,
    async close() {
      if (child.exitCode === null && child.signalCode === null) {
        const over = once(child, 'exit');
        child.kill('SIGKILL');
        await over;
      }
      await rm(home, { recursive: true });
    },
  };
}

async function answers(host: string, child: ChildProcess): Promise<void> {
  // A moment on a quiet machine, many on a busy one.
  const deadline = performance.now() + 60_000;
  while (performance.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`docker-registry ended with ${child.exitCode}`);
    const answer = await fetch(`http://${host}/v2/`).catch(() => undefined); // It isn't listening yet.
    if (answer !== undefined) return;
    await pause(25);
  }
  throw new Error(`docker-registry doesn't answer at ${host}`);
}
