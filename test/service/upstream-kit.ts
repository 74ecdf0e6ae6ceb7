import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Registry of a test that lists what it is told to have, as another one whose content changes. */
export interface ScriptedUpstream {
  readonly url: string;
  /** Digests of tags by repository. */
  repositories: Record<string, Record<string, string>>;
  /** Repositories that it shows to nobody. */
  readonly denied: Set<string>;
  /** Status of all answers; undefined: it works. */
  fails: number | undefined;
  close(): Promise<void>;
}

/** Starts a registry that answers listings and HEADs alone. @param account that it takes; undefined: any */
export async function scriptedUpstream(account?: {
  readonly username: string;
  readonly password: string;
}): Promise<ScriptedUpstream> {
  const wanted =
    account === undefined
      ? undefined
      : `Basic ${Buffer.from(`${account.username}:${account.password}`).toString('base64')}`;
  const server = createServer((request, response) => {
    const answer = (status: number, body: object, headers: Record<string, string> = {}) => {
      response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
      response.end(request.method === 'HEAD' ? undefined : JSON.stringify(body));
    };
    const refuse = (status: number, code: string, headers: Record<string, string> = {}) =>
      answer(status, { errors: [{ code, message: code }] }, headers);
    const { pathname } = new URL(request.url ?? '/', 'http://upstream');
    if (upstream.fails !== undefined) return refuse(upstream.fails, 'UNAVAILABLE');
    if (wanted !== undefined && request.headers.authorization !== wanted) {
      return refuse(401, 'UNAUTHORIZED', { 'WWW-Authenticate': 'Basic realm="upstream"' });
    }
    if (pathname === '/v2/') return answer(200, {});
    if (pathname === '/v2/_catalog') return answer(200, { repositories: Object.keys(upstream.repositories).sort() });
    const [, name = '', rest = ''] = /^\/v2\/(.+)\/(tags\/list|manifests\/.+)$/.exec(pathname) ?? [];
    if (upstream.denied.has(name)) return refuse(403, 'DENIED');
    const tags = upstream.repositories[name];
    if (tags === undefined) return refuse(404, 'NAME_UNKNOWN');
    if (rest === 'tags/list') return answer(200, { name, tags: Object.keys(tags) });
    const digest = tags[rest.slice('manifests/'.length)];
    if (digest === undefined) return refuse(404, 'MANIFEST_UNKNOWN');
    const type = 'application/vnd.oci.image.manifest.v1+json';
    answer(200, {}, { 'Docker-Content-Digest': digest, 'Content-Type': type, 'Content-Length': '2' });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const upstream: ScriptedUpstream = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    repositories: {},
    denied: new Set(),
    fails: undefined,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return upstream;
}
