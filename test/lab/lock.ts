import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { inCache } from './cache.js';
import { say, until } from './progress.js';

const path = inCache('lock');

/** Does something while no other run of the lab does anything; a lock whose owner is dead is taken over. */
export async function alone<T>(work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  let told = false;
  await until(`the lab's lock (${path})`, 20 * 60_000, async () => {
    if (await take()) return true;
    const pid = await owner();
    if (!told && pid !== '') say(`waiting for another run of the lab (process ${pid})`);
    told ||= pid !== '';
    return false;
  });
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function take(): Promise<boolean> {
  const file = await open(path, 'wx').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
    return undefined;
  });
  if (file !== undefined) {
    await file.writeFile(String(process.pid));
    await file.close();
    return true;
  }
  const pid = Number(await owner());
  if (pid > 0 && !exists(pid)) await rm(path, { force: true });
  return false;
}

async function owner(): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
