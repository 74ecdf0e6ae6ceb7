import { readFileSync } from 'node:fs';
import ssh2, { type ServerChannel } from 'ssh2';
import type { Sshd } from '../test/kit/connection/sshd.js';
import { type RecordedOutput, TokenReader } from './replay-protocol.js';

/** Recorder of a session: a server between provision and a real sshd. */
export interface Recorder {
  readonly port: number;
  /** Returns what the host has said to each command, in order. */
  recorded(): readonly (readonly RecordedOutput[])[];
  stop(): void;
}

/** Starts a server that hands each command on to a real sshd, and notes what that answers. */
export async function startRecorder(sshd: Sshd, hostKey: string): Promise<Recorder> {
  const commands: RecordedOutput[][] = [];
  const behind = new ssh2.Client();
  await new Promise<void>((resolve, reject) => {
    behind.once('ready', resolve).once('error', reject);
    const privateKey = readFileSync(`${sshd.folder}/client_key`);
    behind.connect({ host: '127.0.0.1', port: sshd.port, username: 'root', privateKey });
  });
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    client.on('error', () => {});
    client.on('authentication', (login) => login.accept());
    client.on('session', (accept) => {
      accept().on('exec', (start, _refuse, { command }) => record(start(), command));
    });
  });

  function record(channel: ServerChannel, command: string): void {
    const outputs: RecordedOutput[] = [];
    commands.push(outputs);
    const input = new TokenReader(command);
    channel.pause();
    behind.exec(command, (error, real) => {
      if (error) throw error;
      const note = (stream: 'out' | 'err', chunk: Buffer) => {
        let text = chunk.toString('latin1');
        for (const [index, token] of input.known.entries()) text = text.replaceAll(token, `\0${index}\0`);
        // All hosts of the replay would be this one machine.
        text = text.replace(/^machine=.*/m, 'machine=');
        outputs.push({ after: input.count, stream, text });
      };
      channel.on('data', (chunk: Buffer) => {
        input.read(chunk);
        real.write(chunk);
      });
      channel.on('end', () => real.end());
      channel.resume();
      real.on('data', (chunk: Buffer) => {
        note('out', chunk);
        channel.write(chunk);
      });
      real.stderr.on('data', (chunk: Buffer) => {
        note('err', chunk);
        channel.stderr.write(chunk);
      });
      real.on('close', () => channel.close());
    });
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address: unknown = server.address();
  const port = typeof address === 'object' && address !== null && 'port' in address ? Number(address.port) : 0;
  return {
    port,
    recorded: () => commands,
    stop() {
      server.close();
      behind.end();
    },
  };
}
