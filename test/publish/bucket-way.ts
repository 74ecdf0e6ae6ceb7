import { createServer, request } from 'node:http';
import type { ObjectStore } from '../../src/publish/stores/object-store.js';

/** Address at which a bucket's objects are at the root, as a CDN before it has them, and what was asked there. */
export interface BucketWay {
  readonly host: string;
  readonly url: string;
  readonly seen: string[];
  close(): Promise<void>;
}

/** Leads requests to a bucket on, as they are: methods, ranges, types. */
export async function wayTo(store: ObjectStore): Promise<BucketWay> {
  const seen: string[] = [];
  const server = createServer((asked, answer) => {
    seen.push(`${asked.method} ${asked.url}`);
    const { host: _host, ...headers } = asked.headers;
    const onward = request(`${store.url}${asked.url}`, { method: asked.method ?? 'GET', headers }, (found) => {
      answer.writeHead(found.statusCode ?? 502, found.headers);
      found.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    asked.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return {
    host: `127.0.0.1:${port}`,
    url: `http://127.0.0.1:${port}`,
    seen,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
