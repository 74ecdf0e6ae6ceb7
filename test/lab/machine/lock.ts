import { mkdir, open, readFile, rm, stat } from 'node:fs/promises';
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

/** Waits until so many of these locks can be had, and takes them: all at once or none, so that nobody waits with one in hand. */
export async function holdSome(names: readonly string[], count: number): Promise<Held> {
  const paths = names.map((name) => ({ name, path: inCache(name) }));
  await mkdir(inCache(), { recursive: true });
  let taken: typeof paths = [];
  const release = () => Promise.all(taken.map(({ path }) => rm(path, { force: true })));
  await until(`${count} of ${names.join(', ')}`, 40 * 60_000, async () => {
    for (const each of paths) if (taken.length < count && (await take(each.path))) taken.push(each);
    if (taken.length === count) return true;
    await release();
    taken = [];
    return false;
  });
  return { names: taken.map(({ name }) => name), release: async () => void (await release()) };
}

/** Locks that are held. */
export interface Held {
  readonly names: readonly string[];
  release(): Promise<void>;
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
  if (pid > 0 && !(exists(pid) && (await isOwner(pid, path)))) await rm(path, { force: true });
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

/** Milliseconds of a tick of the kernel, in which it tells when a process started. */
const tick = 10;

/** Tells whether a process is older than a lock with its number: those of dead owners are given again, to threads as well. */
async function isOwner(pid: number, path: string): Promise<boolean> {
  const [their, own, lock] = await Promise.all([ticksOf(pid), ticksOf(process.pid), stat(path).catch(() => undefined)]);
  if (their === undefined || own === undefined || lock === undefined) return true;
  return performance.timeOrigin + (their - own) * tick < lock.mtimeMs + 1000;
}

/** When a process started, in ticks since the machine did; undefined where that is not told. */
async function ticksOf(pid: number): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const ticks = Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[19]);
  return ticks > 0 ? ticks : undefined;
}
