import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { hash } from 'bcryptjs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RegistryServer, type RegistryServerOptions, serveRegistry } from '../../../src/registry/server/serve.js';

let home: string;
let server: RegistryServer;
const at = (name: string) => join(home, name);
const openssl = (...words: readonly string[]) => execFileSync('openssl', words, { stdio: 'ignore', cwd: home });
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'provision-mtls-'));
  authority('ca');
  authority('other-ca');
  client('reader', 'ca');
  client('writer', 'ca');
  client('stranger', 'other-ca', 'writer');
  const server = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  openssl('req', '-x509', ...newKey, ...server, '-days', '1', '-keyout', 'server.key', '-out', 'server.crt');
  await writeFile(at('htpasswd'), `ada:${await hash('s3cret', 4)}\n`);
  await writeFile(
    at('access.yml'),
    '- {accounts: reader, repositories: "**", rights: [pull]}\n- {accounts: [writer, ada], repositories: "**", rights: [pull, push]}\n',
  );
});
afterEach(async () => {
  await server.close(0);
  await rm(home, { recursive: true });
});

function authority(name: string): void {
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-subj',
    `/CN=${name}`,
    '-days',
    '1',
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.crt`,
  );
}

function client(name: string, ca: string, cn = name): void {
  openssl('req', '-new', ...newKey, '-subj', `/CN=${cn}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
  const by = ['-CA', `${ca}.crt`, '-CAkey', `${ca}.key`, '-CAcreateserial', '-days', '1'];
  openssl('x509', '-req', '-in', `${name}.csr`, ...by, '-out', `${name}.crt`);
}

async function serve(options: Partial<RegistryServerOptions>, clientAuth?: 'optional'): Promise<void> {
  const tls = { cert: at('server.crt'), key: at('server.key'), clientCa: at('ca.crt'), clientAuth };
  server = await serveRegistry({ dir: at('storage'), access: at('access.yml'), tls, ...options });
}

/** Asks by a certificate, or without one. @returns the status, or that there was no connection */
async function ask(path: string, name?: string, method = 'GET', account?: string): Promise<number | string> {
  const own =
    name === undefined ? {} : { cert: await readFile(at(`${name}.crt`)), key: await readFile(at(`${name}.key`)) };
  const headers = account === undefined ? {} : { Authorization: `Basic ${Buffer.from(account).toString('base64')}` };
  const ca = await readFile(at('server.crt'));
  const outgoing = get(`${server.url}${path}`, { ca, method, headers, agent: false, ...own });
  try {
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    response.resume();
    return response.statusCode ?? 0;
  } catch {
    return 'no connection'; // TLS refused it: by which alert depends on the moment.
  }
}

test('the name in a certificate is the account, and nobody connects without one', async () => {
  await serve({});
  expect(await ask('/v2/', 'reader')).toBe(200);
  expect(await ask('/v2/a/blobs/uploads/', 'reader', 'POST')).toBe(403);
  expect(await ask('/v2/a/blobs/uploads/', 'writer', 'POST')).toBe(202);
  expect(await ask('/v2/')).toBe('no connection');
  expect(await ask('/healthz')).toBe('no connection');
  expect(await ask('/v2/', 'stranger')).toBe('no connection');
});

test('where it is optional a certificate or an account does, and a foreign certificate is worth nothing', async () => {
  await serve({ htpasswd: at('htpasswd') }, 'optional');
  expect(await ask('/v2/a/blobs/uploads/', 'writer', 'POST')).toBe(202);
  expect(await ask('/v2/a/blobs/uploads/', undefined, 'POST', 'ada:s3cret')).toBe(202);
  expect(await ask('/v2/a/blobs/uploads/', 'reader', 'POST', 'ada:s3cret')).toBe(202);
  expect(await ask('/v2/', 'writer', 'GET', 'ada:wrong')).toBe(401);
  expect([await ask('/v2/'), await ask('/v2/', 'stranger'), await ask('/healthz')]).toEqual([401, 401, 200]);
});

test('a changed authority counts, a broken one does not', async () => {
  await serve({});
  expect(await ask('/v2/', 'writer')).toBe(200);
  await writeFile(at('ca.crt'), 'no certificate');
  await pause(2500);
  expect([await ask('/v2/', 'writer'), await ask('/v2/', 'stranger')]).toEqual([200, 'no connection']);
  await copyFile(at('other-ca.crt'), at('ca.crt'));
  await expect.poll(() => ask('/v2/', 'stranger')).toBe(200);
  expect(await ask('/v2/', 'writer')).toBe('no connection');
});

test('authorities that are none are told of before it listens', async () => {
  await serve({});
  const tls = { cert: at('server.crt'), key: at('server.key'), clientCa: at('htpasswd') };
  await expect(serveRegistry({ dir: at('storage'), tls })).rejects.toThrow(
    'the file of authorities of clients has no certificate in PEM',
  );
});
