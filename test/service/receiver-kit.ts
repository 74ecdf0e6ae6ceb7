import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** Message that a receiver was sent. */
export interface ReceivedMessage {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Receiver of webhooks, whose answers a test scripts. */
export interface Receiver {
  readonly url: string;
  readonly port: number;
  /** Messages in the order in which they came. */
  readonly received: ReceivedMessage[];
  /** Answers from now on. */
  answer: (response: ServerResponse, message: ReceivedMessage) => void;
  close(): Promise<void>;
}

/** Starts a receiver on loopback, which answers 204 unless a test says otherwise. */
export async function startReceiver({
  tls,
  host = '127.0.0.1',
  answer = (response) => response.writeHead(204).end(),
}: {
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly host?: string;
  readonly answer?: Receiver['answer'];
} = {}): Promise<Receiver> {
  const received: ReceivedMessage[] = [];
  const listener: RequestListener = async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const message = {
      path: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    };
    received.push(message);
    receiver.answer(response, message);
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const receiver: Receiver = {
    url: `${tls === undefined ? 'http' : 'https'}://${host}:${port}`,
    port,
    received,
    answer,
    close: async () => {
      const over = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await over;
    },
  };
  return receiver;
}
