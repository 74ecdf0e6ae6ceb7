import { spawn } from 'node:child_process';
import { open, readFile, rm, writeFile } from 'node:fs/promises';
import { until } from './progress.js';

/** A process that the lab started, told from a later one with the same number by when it began. */
interface Daemon {
  pid: number;
  began: string;
}

/** Starts a program that outlives this one, its output in `log`, its number in `record`. */
export async function startDaemon(command: string, args: string[], log: string, record: string): Promise<void> {
  const output = await open(log, 'w');
  const daemon = spawn(command, args, { detached: true, stdio: ['ignore', output.fd, output.fd] });
  const failure = new Promise<Error>((resolve) => daemon.once('error', resolve));
  daemon.unref();
  await output.close();
  if (daemon.pid === undefined) throw await failure;
  const began = await beginningOf(daemon.pid);
  if (began === undefined) throw new Error(`${command} ended at once:\n${await lastLines(log)}`);
  await writeFile(record, JSON.stringify({ pid: daemon.pid, began } satisfies Daemon));
}

/** Whether the process of this record is still there. */
export async function daemonRuns(record: string): Promise<boolean> {
  const daemon = await readRecord(record);
  return daemon !== undefined && (await beginningOf(daemon.pid)) === daemon.began;
}

/** Ends exactly the process of this record, politely and then not, and forgets it. */
export async function stopDaemon(record: string, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  const daemon = await readRecord(record);
  if (daemon !== undefined && (await daemonRuns(record))) {
    process.kill(daemon.pid, signal);
    const ended = async () => !(await daemonRuns(record));
    await until(`end of process ${daemon.pid}`, 30_000, ended).catch(() => process.kill(daemon.pid, 'SIGKILL'));
  }
  await rm(record, { force: true });
}

/** The end of a log, for an error. */
export async function lastLines(log: string, lines = 15): Promise<string> {
  const text = await readFile(log, 'utf8').catch(() => '(no log)');
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}

async function readRecord(record: string): Promise<Daemon | undefined> {
  const text = await readFile(record, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  });
  return text === undefined ? undefined : (JSON.parse(text) as Daemon);
}

/** Seconds of processor time that the process of this record has used; 0 where it is gone. */
export async function processorSeconds(record: string): Promise<number> {
  const daemon = await readRecord(record);
  const fields = daemon === undefined ? [] : await fieldsOf(daemon.pid);
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / ticksPerSecond;
}

/** When a process began, in clock ticks since boot (proc(5), field 22 of stat); undefined of none and of zombies. */
async function beginningOf(pid: number): Promise<string | undefined> {
  const fields = await fieldsOf(pid);
  return fields[0] === 'Z' ? undefined : fields[19];
}

/** Clock ticks of a second: USER_HZ, 100 on Linux whatever the kernel's own clock. */
const ticksPerSecond = 100;

/** The fields of a process' stat behind its name: its state first (proc(5), field 3). */
async function fieldsOf(pid: number): Promise<string[]> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}
