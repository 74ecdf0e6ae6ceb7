import { readFileSync } from 'node:fs';
import ssh2, { type ServerChannel } from 'ssh2';
import { type RecordedOutput, TokenReader } from './replay-protocol.js';

/*
 * A server, in a process of its own, that plays a recorded session to every connection: real handshakes, keys and
 * encryption, and answers without a host. It prints its ports, and a line for each connection that was closed.
 * Arguments: a file with the host key and the recording, and the number of ports. Each port is a host.
 */
const { hostKey, commands }: { hostKey: string; commands: RecordedOutput[][] } = JSON.parse(
  readFileSync(process.argv[2] ?? '', 'utf8'),
);

function openServer(): Promise<number> {
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    let count = 0;
    client.on('error', () => {});
    client.on('close', () => process.stdout.write('closed\n'));
    client.on('authentication', (login) => login.accept());
    client.on('session', (accept) => {
      accept().on('exec', (start, _refuse, { command }) => play(start(), command, commands[count++] ?? []));
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address: unknown = server.address();
      if (typeof address === 'object' && address !== null && 'port' in address) resolve(Number(address.port));
    });
  });
}

function play(channel: ServerChannel, command: string, outputs: readonly RecordedOutput[]): void {
  const input = new TokenReader(command);
  let next = 0;
  const answer = () => {
    for (let each = outputs[next]; each !== undefined && each.after <= input.count; each = outputs[next]) {
      next += 1;
      const text = each.text.replace(/\0(\d+)\0/g, (_, index) => input.known[Number(index)] ?? '');
      (each.stream === 'out' ? channel : channel.stderr).write(Buffer.from(text, 'latin1'));
    }
  };
  channel.on('data', (chunk: Buffer) => {
    input.read(chunk);
    answer();
  });
  channel.on('end', () => {
    channel.exit(0);
    channel.close();
  });
  answer();
}

const ports = await Promise.all(Array.from({ length: Number(process.argv[3]) }, openServer));
process.stdout.write(`${JSON.stringify(ports)}\n`);
