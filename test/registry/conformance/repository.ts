import assert from 'node:assert/strict';
import { type IncomingHttpHeaders, request } from 'node:http';
import { type Digest, type DigestAlgorithm, digestOf } from '../../../src/registry/digest.js';
import { acceptManifests, mediaTypes } from '../../../src/registry/media-types.js';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Ask {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
}

/** A repository of a registry that is tried, at the level of single requests. */
export class Repository {
  constructor(
    readonly url: string,
    readonly name: string,
  ) {}

  /** One request; a path that doesn't begin with a slash lies in the repository. */
  async ask(method: string, path: string, { headers = {}, body }: Ask = {}): Promise<Reply> {
    const url = new URL(path.startsWith('/') || path.includes('://') ? path : `/v2/${this.name}/${path}`, this.url);
    const outgoing = request(url, {
      method,
      headers: {
        ...(url.pathname.includes('/manifests/') && method !== 'PUT' ? { Accept: acceptManifests } : {}),
        ...(body === undefined ? {} : { 'Content-Type': 'application/octet-stream', 'Content-Length': length(body) }),
        ...headers,
      },
    });
    outgoing.end(body);
    return await new Promise((resolve, reject) => {
      const cut = (error: Error) =>
        reject(new assert.AssertionError({ message: `${method} ${url.pathname}: no whole answer (${error.message})` }));
      outgoing.on('error', cut);
      outgoing.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', cut);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
        );
      });
    });
  }

  /** Begins an upload. @returns where it goes on */
  async begin(query = ''): Promise<string> {
    const begun = await this.ask('POST', `blobs/uploads/${query}`, { body: '' });
    assert.equal(begun.status, 202);
    return location(begun);
  }

  async pushBlob(bytes: Uint8Array | string, algorithm: DigestAlgorithm = 'sha256'): Promise<Digest> {
    const digest = digestOf(Buffer.from(bytes), algorithm);
    const upload = await this.begin(algorithm === 'sha256' ? '' : `?digest-algorithm=${algorithm}`);
    const done = await this.ask('PUT', ending(upload, digest), { body: bytes });
    assert.equal(done.status, 201);
    return digest;
  }

  /** Pushes a manifest; `reference` default: its digest. */
  async pushManifest(json: { readonly mediaType: string }, reference?: string): Promise<Descriptor> {
    const bytes = Buffer.from(JSON.stringify(json));
    const digest = digestOf(bytes);
    const reply = await this.ask('PUT', `manifests/${reference ?? digest}`, {
      body: bytes,
      headers: { 'Content-Type': json.mediaType },
    });
    assert.equal(reply.status, 201, reply.body.toString());
    return { mediaType: json.mediaType, digest, size: bytes.length };
  }

  /** An image with a configuration and a layer that are there. */
  async image(
    content: string,
    fields: object = {},
  ): Promise<{ mediaType: string; config: Descriptor; layers: object[] }> {
    const config = JSON.stringify({ architecture: 'amd64', os: 'linux', content });
    return {
      mediaType: mediaTypes.ociManifest,
      ...{ schemaVersion: 2 },
      config: {
        mediaType: mediaTypes.ociConfig,
        digest: await this.pushBlob(config),
        size: config.length,
      },
      layers: [{ mediaType: mediaTypes.ociLayer, digest: await this.pushBlob(content), size: content.length }],
      ...fields,
    };
  }
}

/** Where a reply sends to. */
export function location({ headers }: Reply): string {
  assert.ok(headers.location, 'there is no Location');
  return headers.location;
}

/** The address that ends an upload. */
export function ending(upload: string, digest: string): string {
  return `${upload}${upload.includes('?') ? '&' : '?'}digest=${encodeURIComponent(digest)}`;
}

/** Code of the first error in a reply. */
export function codeOf({ body }: Reply): string {
  const { errors } = JSON.parse(body.toString()) as { errors: { code: string }[] };
  return errors[0]?.code ?? '';
}

function length(body: Uint8Array | string): number {
  return Buffer.byteLength(body);
}
