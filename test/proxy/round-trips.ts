import { createServer, connect as dial, type AddressInfo, type Socket } from 'node:net';

/** A TCP proxy on loopback that counts round trips. */
export interface RoundTripProxy {
  readonly port: number;
  /** How often the client began to send after the server had last spoken: each such burst waits for an answer once. */
  roundTrips(): number;
  reset(): void;
  close(): Promise<void>;
}

export async function roundTripProxy(target: { readonly host: string; readonly port: number }): Promise<RoundTripProxy> {
  let count = 0;
  let speaker: 'client' | 'server' | undefined;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = dial({ ...target, noDelay: true });
    client.setNoDelay(true);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => sockets.delete(socket));
    }
    client.on('data', (chunk) => {
      if (speaker !== 'client') count += 1;
      speaker = 'client';
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      speaker = 'server';
      client.write(chunk);
    });
    client.on('end', () => upstream.end());
    upstream.on('end', () => client.end());
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    roundTrips: () => count,
    reset: () => {
      count = 0;
      speaker = undefined;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
