import { userInfo } from 'node:os';
import { execa } from 'execa';
import type { HostProcess, Transport } from './process.js';

/** This machine, by the very same scripts that other hosts get. */
export function localTransport(): Transport {
  const running = new Set<HostProcess>();
  return {
    user: userInfo().username,
    where: 'this machine',
    async start(command) {
      // A process group of its own: Ctrl-C at the terminal is the run's to answer, not the script's.
      const child = execa('sh', ['-c', command], {
        buffer: false,
        reject: false,
        detached: true,
        stripFinalNewline: false,
      });
      const ended = child.then(({ exitCode, signal }) => ({ status: exitCode, signal }));
      const process: HostProcess = {
        stdin: child.stdin,
        stdout: child.stdout,
        stderr: child.stderr,
        ended,
        kill: () => void child.kill(),
      };
      running.add(process);
      void ended.then(() => running.delete(process));
      return process;
    },
    async close() {
      await Promise.all([...running].map((process) => process.ended));
    },
  };
}
