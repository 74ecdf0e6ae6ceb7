import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { execa } from 'execa';
import { inCache } from './cache.js';
import { daemonRuns, lastLines, startDaemon, stopDaemon } from './daemon.js';
import { findProgram } from './packages.js';
import { say, step, until } from './progress.js';

const record = inCache('engine', 'dockerd.json');
const log = inCache('engine', 'dockerd.log');
const pidFile = inCache('engine', 'dockerd.pid');

/** Everything the lab makes in the engine has this label, so that it is found again after a crash. */
export const label = 'provision-lab';

/** Runs the docker client; what it printed, without the last newline. */
export async function docker(...args: string[]): Promise<string> {
  return (await execa('docker', args, { stdin: 'ignore' })).stdout;
}

/** Whether an engine answers, whoever started it. */
export async function engineRuns(): Promise<boolean> {
  if (findProgram('docker') === undefined) return false;
  return (await execa('docker', ['info'], { reject: false, stdin: 'ignore', timeout: 10_000 })).exitCode === 0;
}

/** An engine that answers: the machine's own where there is one, else a dockerd of the lab's. */
export async function engineUp(): Promise<void> {
  if (await engineRuns()) return;
  if (process.getuid?.() !== 0)
    throw new Error('no docker engine answers, and only root can start one: start docker, or run the lab as root');
  if (await daemonRuns(record)) await stopDaemon(record);
  if (existsSync('/run/systemd/system') && (await startService())) return;
  await step('start dockerd', async () => {
    await mkdir(inCache('engine', 'data'), { recursive: true });
    await rm(pidFile, { force: true });
    const args = ['--data-root', inCache('engine', 'data'), '--pidfile', pidFile, '--mtu', String(await linkMtu())];
    await startDaemon(findProgram('dockerd') ?? 'dockerd', args, log, record);
    await until('dockerd', 60_000, async () => {
      if (await engineRuns()) return true;
      if (!(await daemonRuns(record))) throw new Error(`dockerd ended (${log}):\n${await lastLines(log)}`);
      return false;
    });
  });
}

/** Where systemd runs the machine, docker is its service, and stays up. */
async function startService(): Promise<boolean> {
  await execa('systemctl', ['start', 'docker'], { reject: false });
  return engineRuns();
}

/** Stops the engine if the lab started it, and no other. */
export async function engineDown(): Promise<void> {
  if (await daemonRuns(record)) await step('stop dockerd', () => stopDaemon(record));
  else if (existsSync(record)) say('dockerd of a former run is gone already');
  await rm(record, { force: true });
  await unmountData();
}

/** dockerd mounts its data folder onto itself and leaves that behind: the folder could not be taken away then. */
async function unmountData(): Promise<void> {
  const mounts = await readFile('/proc/mounts', 'utf8');
  const data = inCache('engine', 'data');
  if (mounts.split('\n').some((line) => line.split(' ')[1] === data)) await execa('umount', [data]);
}

/** Whether the engine is one that the lab started. */
export async function engineIsOurs(): Promise<boolean> {
  return daemonRuns(record);
}

/** The largest packet on the way out, in bytes: a bridge with a larger one loses downloads behind tunnels. */
export async function linkMtu(): Promise<number> {
  const routes = await readFile('/proc/net/route', 'utf8').catch(() => '');
  const outward = routes
    .split('\n')
    .map((line) => line.split('\t'))
    .find((fields) => fields[1] === '00000000');
  const link = outward?.[0];
  if (link === undefined || networkInterfaces()[link] === undefined) return 1500;
  return Number(await readFile(`/sys/class/net/${link}/mtu`, 'utf8'));
}
