import { createServer, connect as dial, type Socket } from 'node:net';

/** A TCP proxy on loopback that counts round trips. */
export interface RoundTripProxy {
  readonly port: number;
  /** How often the client sent what it could only send after an answer to what it had sent before. */
  roundTrips(): number;
  /** Counts from zero again. */
  reset(): void;
  /** Cuts all connections without a word, as a reset of the link does. */
  cut(): void;
  /** Lets nothing through any more, and does not say so. */
  silence(): void;
  close(): Promise<void>;
}

/** Bytes that a question has at most whether the other end still lives, and what else no answer follows that is waited for. */
const keepaliveBytes = 100;
/** Bytes that a message has at least which names algorithms or brings a script. */
const longBytes = 1000;

/**
 * Starts a proxy that holds every byte for a moment, as a distance would. What the client sends within one round trip of
 * its first byte cannot be an answer to an answer: it belongs to the same round trip. A client that a busy machine keeps
 * waiting for longer than that is counted too high.
 *
 * @param delay milliseconds each way, 25 by default: longer than a server takes to send what nobody asked for, so that
 *   cause and effect are told apart
 */
export async function roundTripProxy(
  target: { readonly host: string; readonly port: number },
  delay = 25,
): Promise<RoundTripProxy> {
  let count = 0;
  let began: number | undefined;
  let answered = false;
  let silent = false;
  const sockets = new Set<Socket>();

  const sent = () => {
    const now = performance.now();
    // Timers may fire up to a millisecond early.
    if (began !== undefined && !(answered && now >= began + 2 * delay - 2)) return;
    count += 1;
    began = now;
    answered = false;
  };
  const carry = (from: Socket, to: Socket, onData: (bytes: number) => void) => {
    from.on('data', (chunk: Buffer) => {
      onData(chunk.length);
      setTimeout(() => silent || to.destroyed || to.write(chunk), delay);
    });
    from.on('end', () => setTimeout(() => silent || to.end(), delay));
    from.on('close', () => setTimeout(() => silent || to.destroy(), delay));
    from.on('error', () => from.destroy());
  };
  const server = createServer((client) => {
    const upstream = dial({ ...target, noDelay: true });
    client.setNoDelay(true);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    }
    let long = 0;
    carry(client, upstream, (bytes) => {
      if (bytes >= longBytes) long += 1;
      // Once scripts are sent, questions whether the other end lives come by the clock, and not after an answer.
      if (long < 2 || bytes > keepaliveBytes) sent();
    });
    carry(upstream, client, () => {
      answered = true;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy listens on no port');
  return {
    port: address.port,
    roundTrips: () => count,
    reset() {
      count = 0;
      began = undefined;
    },
    cut() {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    silence() {
      silent = true;
    },
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
