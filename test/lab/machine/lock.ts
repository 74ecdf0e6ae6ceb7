import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { inCache } from './cache.js';
import { say, until } from './progress.js';

/** Does something while no other run of the lab does anything. */
export async function alone<T>(work: () => Promise<T>): Promise<T> {
  const release = await hold('lock', { tell: true });
  try {
    return await work();
  } finally {
    await release();
  }
}

/** Waits for a lock, whatever it stands for, and takes it; one whose owner is dead is taken over. Gives what releases it. */
export async function hold(name: string, { tell = false } = {}): Promise<() => Promise<void>> {
  const path = inCache(name);
  await mkdir(dirname(path), { recursive: true });
  let told = !tell;
  await until(`the lab's lock (${path})`, 40 * 60_000, async () => {
    if (await take(path)) return true;
    const pid = await owner(path);
    if (!told && pid !== '') say(`waiting for ${name} of another run of the lab (process ${pid})`);
    told ||= pid !== '';
    return false;
  });
  return () => rm(path, { force: true });
}

async function take(path: string): Promise<boolean> {
  const file = await open(path, 'wx').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
    return undefined;
  });
  if (file !== undefined) {
    await file.writeFile(String(process.pid));
    await file.close();
    return true;
  }
  const pid = Number(await owner(path));
  if (pid > 0 && !exists(pid)) await rm(path, { force: true });
  return false;
}

async function owner(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
