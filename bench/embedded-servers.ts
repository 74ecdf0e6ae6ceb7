import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { RegistryProgram } from '../src/resources/embedded/program.js';
import { dockerRegistry } from '../test/registry/docker-registry.js';

/** A registry that is measured. */
export interface Contender {
  readonly name: 'docker-registry' | 'provision';
  readonly url: string;
  /** Resident size now, the largest it had, and what of it now is its own (not mapped from files), in MB. */
  memory(): Promise<{ readonly now: number; readonly peak: number; readonly own: number }>;
  /** User and system time it took until now, in seconds. */
  cpu(): Promise<number>;
  close(): Promise<void>;
}

/** Both registries, each in a process of its own over an empty folder of its own. */
export async function contenders(): Promise<readonly [theirs: Contender, ours: Contender]> {
  const home = await mkdtemp(join(process.env.BENCH_DIR ?? tmpdir(), 'provision-bench-embedded-'));
  const theirs = await dockerRegistry(join(home, 'theirs'), { descriptorCache: true });
  const ours = await embedded(home);
  return [
    { ...measured('docker-registry', theirs.url, theirs.pid), close: () => theirs.stop() },
    {
      ...measured('provision', ours.url, ours.child.pid ?? 0),
      async close() {
        const over = once(ours.child, 'exit');
        ours.child.kill('SIGTERM');
        await over;
        await rm(home, { recursive: true });
      },
    },
  ];
}

/** Starts the embedded registry alone over a folder. @param home where its program is put */
export async function startEmbedded(
  home: string,
  dir: string,
  more: readonly string[] = [],
): Promise<{ readonly url: string; readonly child: ChildProcess; end(): Promise<void> }> {
  const { url, child } = await embedded(home, dir, more);
  return {
    url,
    child,
    end: async () => {
      const over = once(child, 'exit');
      child.kill('SIGTERM');
      await over;
    },
  };
}

/** Its program, as the build bundles it and hosts get it. */
async function embedded(
  home: string,
  dir = join(home, 'ours'),
  more: readonly string[] = [],
): Promise<{ readonly url: string; readonly child: ChildProcess }> {
  const program = join(home, 'program');
  for (const { name, bytes } of new RegistryProgram().files) {
    await mkdir(dirname(join(program, name)), { recursive: true });
    await writeFile(join(program, name), bytes);
  }
  const ready = join(home, 'ready');
  const main = join(program, 'registry/server/main.js');
  const child = spawn(process.execPath, [main, '--dir', dir, '--ready-file', ready, ...more], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  for (let tries = 0; tries < 200; tries += 1) {
    const url = await readFile(ready, 'utf8').catch(() => ''); // It isn't there yet.
    if (url !== '') return { url: url.trim(), child };
    await pause(25);
  }
  throw new Error('the embedded registry does not listen');
}

function measured(name: Contender['name'], url: string, pid: number): Omit<Contender, 'close'> {
  return {
    name,
    url,
    async memory() {
      const text = await readFile(`/proc/${pid}/status`, 'utf8');
      const kilobytes = (field: string) =>
        Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? Number.NaN);
      return {
        now: kilobytes('VmRSS') / 1024,
        peak: kilobytes('VmHWM') / 1024,
        own: kilobytes('RssAnon') / 1024,
      };
    },
    async cpu() {
      const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ');
      return (Number(fields[11]) + Number(fields[12])) / 100;
    },
  };
}
