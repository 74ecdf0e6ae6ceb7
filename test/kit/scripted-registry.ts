import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { ensureAuthority } from '../../src/pki/authority.js';
import { issueCertificate } from '../../src/pki/issue-certificate.js';
import { makeKey, publicKeyOf } from '../../src/pki/keys.js';

/** A request as a scripted registry saw it. */
export interface SeenRequest {
  readonly method: string;
  /** As it was written in the request line. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
}

/** Answer of a scripted registry; 404 where the script gives none. */
export interface ScriptedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  /** Anything but text and bytes is sent as JSON. */
  readonly body?: unknown;
}

export interface ScriptedRegistry {
  readonly host: string;
  readonly url: string;
  readonly seen: readonly SeenRequest[];
  close(): Promise<void>;
}

/** Authority and certificate of a server on loopback. */
export interface ServerCertificate {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Makes a certificate for 127.0.0.1 that a client trusts by its `ca`. */
export async function loopbackCertificate(): Promise<ServerCertificate> {
  const folder = mkdtempSync(join(tmpdir(), 'provision-scripted-'));
  try {
    const authority = await ensureAuthority(folder, 'ecdsa');
    const key = await makeKey('ecdsa');
    const request = { publicKey: publicKeyOf(key), names: ['127.0.0.1', 'localhost'], days: 1 };
    return { ca: authority.pem, cert: await issueCertificate(authority, request), key };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A server on loopback that answers as a test says, exactly. */
export async function scriptedRegistry(
  script: (request: SeenRequest) => ScriptedAnswer | undefined,
  certificate?: ServerCertificate,
): Promise<ScriptedRegistry> {
  const seen: SeenRequest[] = [];
  const server = certificate === undefined ? createServer() : createSecureServer(certificate);
  server.on('request', async (request, response) => {
    const { method = '', url = '', headers } = request;
    const one: SeenRequest = { method, url, headers, bytes: await buffer(request) };
    seen.push(one);
    const { status = 200, headers: more = {}, body = '' } = script(one) ?? { status: 404 };
    response.writeHead(status, { 'content-type': 'application/json', ...more });
    const bytes = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    response.end(method === 'HEAD' ? undefined : bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${port}`,
    url: `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
