import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { execa } from 'execa';
import type { HostProcess, ProcessExit, Transport } from './process.js';

/**
 * Seconds in which shells must end after their input has ended. Their watch takes five, and several times that on a busy
 * machine. A shell that is killed before that takes from the watch what it finds the others by: they are left running.
 */
const endSeconds = 60;

/** Returns the transport to this machine, which runs the very same scripts as other hosts. */
export function localTransport(): Transport {
  const running = new Set<HostProcess>();
  return {
    user: userInfo().username,
    where: 'this machine',
    async start(command) {
      // A process group of its own: Ctrl-C at the terminal is for the run, not for the script.
      const child = execa('sh', ['-c', command], { buffer: false, reject: false, detached: true, cleanup: false });
      // Not the subprocess's own promise: that waits for all others that have its streams open.
      const ended = new Promise<ProcessExit>((resolve) => {
        child.once('exit', (status, signal) => resolve({ status: status ?? undefined, signal: signal ?? undefined }));
        child.once('error', () => resolve({ status: 127, signal: undefined }));
      });
      const process: HostProcess = {
        stdin: child.stdin,
        stdout: child.stdout,
        stderr: child.stderr,
        ended,
        kill() {
          for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
          child.kill();
        },
      };
      running.add(process);
      void ended.then(() => running.delete(process));
      return process;
    },
    dial: (host, port) =>
      new Promise((resolve, reject) => {
        const socket = connect({ host, port, noDelay: true });
        socket.once('connect', () => resolve(socket));
        socket.once('error', reject);
      }),
    async close() {
      const left = [...running];
      for (const { stdin } of left) stdin.end();
      const late = setTimeout(() => killAll(left), endSeconds * 1000);
      await Promise.all(left.map(({ ended }) => ended));
      clearTimeout(late);
    },
  };
}

function killAll(processes: readonly HostProcess[]): void {
  for (const process of processes) process.kill();
}
