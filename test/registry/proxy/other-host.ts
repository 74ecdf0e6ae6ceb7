import { once } from 'node:events';
import { type Agent, createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface OtherHost {
  readonly url: string;
  readonly seen: { readonly requests: number; readonly withAuthorization: number };
  close(): Promise<void>;
}

/** Where a registry's redirects lead: another address that serves the same blobs to anybody, and remembers who showed it an account. */
export async function otherHost(target: URL, agent: Agent): Promise<OtherHost> {
  const seen = { requests: 0, withAuthorization: 0 };
  const server = createServer((request, response) => {
    seen.requests += 1;
    if (request.headers.authorization !== undefined) seen.withAuthorization += 1;
    const { range } = request.headers;
    const path = new URL(request.url ?? '/', target).pathname;
    const outgoing = send(
      {
        agent,
        method: request.method,
        path,
        host: target.hostname,
        port: target.port,
        headers: range ? { range } : {},
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
        answer.once('error', () => response.destroy());
      },
    );
    outgoing.once('error', () => response.destroy());
    response.once('close', () => outgoing.destroy());
    outgoing.end();
  });
  server.listen(0, '127.0.0.2');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.2:${(server.address() as AddressInfo).port}`,
    get seen() {
      return { ...seen };
    },
    async close() {
      const over = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await over;
    },
  };
}
