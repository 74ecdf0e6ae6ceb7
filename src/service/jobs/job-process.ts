import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { isAlive } from '../../files/process-names.js';
import { Problem } from '../problem.js';
import { type ChildRequest, type LookAnswer, lookAnswer } from './child/child-request.js';
import { jobFileNames } from './child/job-file-names.js';

/** Command that runs a job: its words before the job's id. */
export type JobProgram = readonly [string, ...string[]];

/** Milliseconds in which a site must be read. */
const lookPatience = 60_000;

/**
 * Starts the process of a job. It outlives the service: a service that starts again finds it. What it shall do goes to its
 * standard input, so that no list of processes has it.
 */
export function startJob(
  [command, ...words]: JobProgram,
  id: string,
  request: ChildRequest,
  folder: string,
): ChildProcess {
  const errors = openSync(join(folder, jobFileNames.errors), 'a', 0o600);
  try {
    const child = spawn(command, [...words, id], {
      detached: true,
      stdio: ['pipe', 'ignore', errors],
      cwd: folder,
      env: jobEnvironment(process.env),
    });
    child.on('error', () => {}); // Its exit says that it didn't run.
    child.stdin?.on('error', () => {});
    child.stdin?.end(JSON.stringify(request));
    child.unref();
    return child;
  } finally {
    closeSync(errors);
  }
}

/**
 * Has a process read a site, or what is published, and returns what it found.
 * @param what subject of the message
 * @throws Problem where it couldn't tell
 */
export async function lookAt(
  [command, ...words]: JobProgram,
  request: ChildRequest,
  what = 'the site',
): Promise<LookAnswer> {
  const child = spawn(command, [...words, 'look'], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: jobEnvironment(process.env),
    timeout: lookPatience,
  });
  const failed = new Promise<never>((_resolve, reject) => child.once('error', reject));
  child.stdin.on('error', () => {});
  child.stdin.end(JSON.stringify(request));
  const [answer, errors] = await Promise.race([Promise.all([text(child.stdout), text(child.stderr)]), failed]);
  if (answer === '') throw new Problem('unavailable', `${what} could not be read: ${errors.trim().slice(-500)}`);
  return lookAnswer.parse(JSON.parse(answer));
}

/** Returns true while the process of a job runs. Another that has its number by now is not it. */
export function runsJob(pid: number, id: string): boolean {
  if (!isAlive(pid)) return false;
  if (!existsSync('/proc/self/cmdline')) return true; // The number is all there is.
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(id);
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')) return false;
    throw error;
  }
}

/** Returns the environment of a job's process: without what configures the service, its secrets among that. */
function jobEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('PROVISION_SERVICE_')));
}
