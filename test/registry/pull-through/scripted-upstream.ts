import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Digest, digestOf } from '../../../src/registry/digest.js';
import { mediaTypes } from '../../../src/registry/media-types.js';

/** Takes a request over from the upstream where it returns true. */
export type Twist = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Registry whose faults are exact, to be fetched from: it has what a test puts into it. */
export interface ScriptedUpstream {
  readonly url: string;
  /** `GET /v2/a/b/manifests/1` for each request, in their order. */
  readonly requests: string[];
  twist: Twist;
  /** Answers as a registry does that is all right. */
  serve(request: IncomingMessage, response: ServerResponse): void;
  /** Puts an image with one layer under a tag. */
  image(name: string, tag: string, layer: Buffer): { readonly digest: Digest; readonly layer: Digest };
  remove(name: string, tag: string): void;
  blob(digest: Digest): Buffer;
  close(): Promise<void>;
}

/** Twist of an upstream that does all right. */
export const straight: Twist = () => false;

/** Starts a {@link ScriptedUpstream} on loopback. @param port the one of an earlier; default: any that is free */
export async function scriptedUpstream(port = 0): Promise<ScriptedUpstream> {
  const [blobs, manifests] = [new Map<string, Buffer>(), new Map<string, Buffer>()];
  const server = createServer((request, response) => {
    const { method = '', url = '' } = request;
    upstream.requests.push(`${method} ${url}`);
    if (!upstream.twist(request, response)) upstream.serve(request, response);
  });
  const serve = ({ method, url = '', headers }: IncomingMessage, response: ServerResponse) => {
    const [, name = '', kind, reference = ''] = /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(url) ?? [];
    const bytes = kind === 'blobs' ? blobs.get(reference) : manifests.get(`${name} ${reference}`);
    if (bytes === undefined) {
      response.writeHead(404, {
        'content-type': 'application/json',
        'docker-distribution-api-version': 'registry/2.0',
      });
      response.end('{"errors":[]}');
      return;
    }
    const start = Number(/^bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? -1);
    response.writeHead(start >= 0 ? 206 : 200, {
      'content-type': kind === 'blobs' ? 'application/octet-stream' : mediaTypes.ociManifest,
      'content-length': bytes.length - Math.max(0, start),
      'docker-content-digest': kind === 'blobs' ? reference : digestOf(bytes),
      ...(start >= 0 ? { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` } : {}),
    });
    response.end(method === 'HEAD' ? undefined : bytes.subarray(Math.max(0, start)));
  };
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const add = (bytes: Buffer): Digest => {
    blobs.set(digestOf(bytes), bytes);
    return digestOf(bytes);
  };
  const upstream: ScriptedUpstream = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    twist: straight,
    serve,
    image(name, tag, layer) {
      const config = Buffer.from(JSON.stringify({ of: `${name}:${tag}` }));
      const manifest = Buffer.from(
        JSON.stringify({
          schemaVersion: 2,
          mediaType: mediaTypes.ociManifest,
          config: { mediaType: mediaTypes.ociConfig, digest: add(config), size: config.length },
          layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: add(layer), size: layer.length }],
        }),
      );
      for (const reference of [tag, digestOf(manifest)]) manifests.set(`${name} ${reference}`, manifest);
      return { digest: digestOf(manifest), layer: digestOf(layer) };
    },
    remove: (name, tag) => void manifests.delete(`${name} ${tag}`),
    blob: (digest) => blobs.get(digest) ?? Buffer.alloc(0),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return upstream;
}
