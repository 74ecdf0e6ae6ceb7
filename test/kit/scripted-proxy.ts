import { createServer, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

/** Request as a proxy saw it: its first line, and its headers. */
export interface ProxiedRequest {
  readonly line: string;
  readonly headers: IncomingHttpHeaders;
}

/** A proxy on loopback that brings every request to one server, whatever name it has. */
export interface ScriptedProxy {
  readonly host: string;
  readonly seen: readonly ProxiedRequest[];
  close(): Promise<void>;
}

/** Starts a proxy. @param refuse gives the status with which a request is refused; undefined: it is forwarded */
export async function scriptedProxy(
  to: { readonly port: number },
  refuse: (request: ProxiedRequest) => number | undefined = () => undefined,
): Promise<ScriptedProxy> {
  const seen: ProxiedRequest[] = [];
  const note = ({ method = '', url = '', headers }: IncomingMessage) => {
    const noted = { line: `${method} ${url}`, headers };
    seen.push(noted);
    return refuse(noted);
  };
  const server = createServer((incoming, answer) => {
    const status = note(incoming);
    if (status !== undefined) return void answer.writeHead(status).end();
    const { pathname, search } = new URL(incoming.url ?? '');
    const { method, headers } = incoming;
    const onward = request(
      { host: '127.0.0.1', port: to.port, method, headers, path: `${pathname}${search}` },
      (from) => {
        answer.writeHead(from.statusCode ?? 502, from.headers);
        from.pipe(answer);
      },
    );
    incoming.pipe(onward);
  });
  server.on('connect', (incoming, socket, head) => {
    const status = note(incoming);
    if (status !== undefined) return void socket.end(`HTTP/1.1 ${status} Refused\r\nContent-Length: 0\r\n\r\n`);
    const onward = connect(to.port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.write(head);
      socket.pipe(onward).pipe(socket);
    });
    for (const side of [socket, onward]) side.on('error', () => [socket, onward].map((each) => each.destroy()));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
