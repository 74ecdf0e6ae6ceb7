import { spawn } from 'node:child_process';
import { closeSync, constants, existsSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { visibleMessage } from '../../diagnostics/printable.js';

/*
 * Keeps a process running where no service manager does: `supervise.js start PIDFILE LOG PROGRAM ARGS…` leaves a
 * supervisor behind that starts the program again when it fails, a second later and then less often. SIGTERM ends both.
 * Uses nothing but Node and what is copied to hosts with it (resources/embedded/program.ts).
 */

const self = fileURLToPath(import.meta.url);
const [command, pidFile = '', logFile = '', program = '', ...args] = process.argv.slice(2);

/** Milliseconds before the program is started again, at first and at most. */
const soonest = 1000;
const latest = 30_000;

if (command === 'start') start();
else if (command === 'run') run();
else {
  console.error('supervise.js start|run PIDFILE LOG PROGRAM ARGS…');
  process.exitCode = 1;
}

function start(): void {
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = constants;
  const log = openSync(logFile, O_APPEND | O_CREAT | O_NOFOLLOW | O_WRONLY, 0o600);
  const supervisor = spawn(process.execPath, [self, 'run', pidFile, logFile, program, ...args], {
    detached: true,
    stdio: ['ignore', log, log],
    cwd: '/',
  });
  supervisor.unref();
  closeSync(log);
}

function run(): void {
  rmSync(`${pidFile}.new`, { force: true });
  writeFileSync(`${pidFile}.new`, `${process.pid}\n`, { flag: 'wx' });
  renameSync(`${pidFile}.new`, pidFile);
  let wait = soonest;
  let stopping = false;
  let stop = () => {};
  const begin = () => {
    const began = Date.now();
    const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    stop = () => child.kill('SIGTERM');
    child.once('error', (error) => console.error(visibleMessage(`supervisor: ${program}: ${error.message}`)));
    child.once('close', (status, signal) => {
      if (stopping) return end();
      console.error(
        visibleMessage(`supervisor: ${program} ended (${signal ?? status ?? 'not started'}), starting it again`),
      );
      if (Date.now() - began > 60_000) wait = soonest;
      const timer = setTimeout(begin, wait);
      stop = () => {
        clearTimeout(timer);
        end();
      };
      wait = Math.min(wait * 2, latest);
    });
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      stopping = true;
      stop();
    });
  }
  process.on('SIGHUP', () => {}); // Whoever started it may go.
  begin();
}

function end(): void {
  // Another one may have begun meanwhile: its file stays.
  if (existsSync(pidFile) && readFileSync(pidFile, 'utf8').trim() === String(process.pid)) rmSync(pidFile);
  process.exit(0);
}
