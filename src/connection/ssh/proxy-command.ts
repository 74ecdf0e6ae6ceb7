import { Duplex } from 'node:stream';
import { execa } from 'execa';
import type { SshTarget } from './config/ssh-config.js';
import { expandCommand } from './config/ssh-tokens.js';

/** Starts a ProxyCommand and returns its standard streams as a socket. Its last words are the reason when it ends too early. */
export function throughCommand(command: string, target: SshTarget): Duplex {
  const expanded = expandCommand(command, target);
  const child = execa('sh', ['-c', `exec ${expanded}`], {
    reject: false,
    buffer: { stdout: false },
    maxBuffer: 10_000,
  });
  const { stdin, stdout } = child;
  const socket = new Duplex({
    allowHalfOpen: false,
    read: () => void stdout.resume(),
    write(chunk: Buffer, _encoding, done) {
      if (stdin.write(chunk)) done();
      else stdin.once('drain', () => done());
    },
    final(done) {
      stdin.end(() => done());
    },
    destroy(error, done) {
      child.kill();
      done(error);
    },
  });
  stdin.on('error', () => {}); // Of a command that has ended; its exit tells more.
  stdout.on('data', (chunk: Buffer) => {
    if (!socket.push(chunk)) stdout.pause();
  });
  void child.then(({ exitCode, stderr, shortMessage }) => {
    if (socket.destroyed) return;
    const complaint = stderr.trim().split('\n').at(-1) ?? '';
    const how = exitCode === undefined ? shortMessage : `it ended with ${exitCode}`;
    socket.destroy(new Error(`ProxyCommand "${expanded}": ${how}${complaint === '' ? '' : `: ${complaint}`}`));
  });
  return socket;
}
