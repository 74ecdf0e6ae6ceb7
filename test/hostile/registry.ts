import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostile, hostileHeader } from './payload.js';

/** A registry whose every answer holds hostile texts. */
export interface HostileRegistry {
  readonly host: string;
  close(): Promise<void>;
}

/** Ways to answer: with images, with refusals in JSON or in text, with headers, with a challenge. */
export type Manner = 'images' | 'refuses' | 'refuses in text' | 'headers' | 'realm' | 'no json';

export async function hostileRegistry(manner: Manner): Promise<HostileRegistry> {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => answer(manner, request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const error = { errors: [{ code: hostile('CODE'), message: hostile('message'), detail: hostile('detail') }] };

function answer(manner: Manner, request: IncomingMessage, response: ServerResponse): void {
  const path = request.url?.split('?')[0] ?? '';
  const send = (status: number, body: string | Buffer, headers: Record<string, string> = {}) =>
    response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body);
  switch (manner) {
    case 'realm':
      send(401, JSON.stringify(error), { 'www-authenticate': `Bearer realm="${hostileHeader('ftp://realm')}"` });
      return;
    case 'refuses':
      send(path === '/v2/' ? 200 : 403, JSON.stringify(error));
      return;
    case 'refuses in text':
      send(path === '/v2/' ? 200 : request.method === 'POST' ? 403 : 404, hostile('page').repeat(20_000));
      return;
    case 'no json':
      send(200, hostile('{"tags": ['));
      return;
    case 'headers':
      send(path === '/v2/' ? 200 : request.method === 'POST' ? 202 : 307, '', {
        location: hostileHeader('ftp://elsewhere/'),
        link: `<${hostileHeader('/v2/')}>; rel="next"`,
        'content-type': hostileHeader('text/html'),
        'docker-content-digest': hostileHeader('sha256:'),
      });
      return;
    case 'images':
      images(request, path, send);
  }
}

type Send = (status: number, body: string | Buffer, headers?: Record<string, string>) => void;

function images({ method }: IncomingMessage, path: string, send: Send): void {
  const reference = decodeURIComponent(path.slice(path.lastIndexOf('/') + 1));
  const found = content.get(reference) ?? (path.includes('/manifests/') ? index : undefined);
  if (method !== 'GET' && method !== 'HEAD') send(403, JSON.stringify(error));
  else if (path === '/v2/') send(200, '{}');
  else if (path === '/v2/_catalog') send(200, JSON.stringify({ repositories: [hostile('team'), 'team/web'] }));
  else if (path.endsWith('/tags/list')) send(200, JSON.stringify({ tags: ['1.0', hostile('tag'), 'latest'] }));
  else if (found === undefined) send(404, JSON.stringify(error));
  else {
    const { type, digest, bytes } = found;
    send(200, bytes, {
      'content-type': type,
      'content-length': String(bytes.length),
      'docker-content-digest': digest,
    });
  }
}

interface Content {
  readonly bytes: Buffer;
  readonly digest: string;
  readonly type: string;
}

const content = new Map<string, Content>();

function kept(type: string, value: unknown): Content {
  const bytes = Buffer.from(JSON.stringify(value));
  const made = { bytes, type, digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}` };
  content.set(made.digest, made);
  return made;
}

const oci = 'application/vnd.oci.image';
const annotations = { [hostile('annotation')]: hostile('value'), long: 'x'.repeat(100_000) };
const platform = { os: hostile('linux'), architecture: hostile('amd64'), variant: hostile('v8') };
const config = kept(`${oci}.config.v1+json`, {
  ...platform,
  created: hostile('2026-01-01'),
  author: hostile('author'),
  config: { Labels: { [hostile('label')]: hostile('value') } },
  history: [{ created_by: hostile('RUN'), comment: hostile('comment') }],
  rootfs: { type: hostile('layers'), diff_ids: [hostile('sha256:')] },
});
const layer = kept(`${oci}.layer.v1.tar`, { layer: hostile('layer') });
const described = ({ digest, bytes, type }: Content) => ({ mediaType: type, digest, size: bytes.length, annotations });
const manifest = kept(`${oci}.manifest.v1+json`, {
  schemaVersion: 2,
  mediaType: `${oci}.manifest.v1+json`,
  artifactType: hostile('artifact'),
  config: described(config),
  layers: [{ ...described(layer), mediaType: hostile('layer') }],
  annotations,
});
const index = kept(`${oci}.index.v1+json`, {
  schemaVersion: 2,
  mediaType: `${oci}.index.v1+json`,
  artifactType: hostile('artifact'),
  manifests: [{ ...described(manifest), platform }],
  annotations,
});
