import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { get as getTls } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { hash } from 'bcryptjs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { digestOf } from '../../../src/registry/digest.js';
import { type RegistryServer, type RegistryServerOptions, serveRegistry } from '../../../src/registry/server/serve.js';
import { codeOf, ending, Repository } from '../conformance/repository.js';
import { runMain, runMainOnce } from './run-main.js';

let home: string;
const open: RegistryServer[] = [];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'provision-server-'));
});
afterEach(async () => {
  for (const server of open.splice(0)) await server.close(0);
  await rm(home, { recursive: true });
});

async function serve(options: Omit<RegistryServerOptions, 'dir'> = {}): Promise<RegistryServer> {
  const server = await serveRegistry({ dir: join(home, 'storage'), ...options });
  open.push(server);
  return server;
}

test('accounts: nobody without a password, a changed file counts, and secrets are not logged', async () => {
  const htpasswd = join(home, 'htpasswd');
  await writeFile(htpasswd, `# operators\nada:${await hash('s3cret', 4)}\n`);
  const log = new PassThrough();
  const { url } = await serve({ htpasswd, log });
  const repository = new Repository(url, 'any');
  const as = async (user: string, password: string, path = '/v2/') => {
    const Authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    return (await repository.ask('GET', path, { headers: { Authorization } })).status;
  };
  const refused = await repository.ask('GET', '/v2/');
  expect([refused.status, codeOf(refused), refused.headers['www-authenticate']]).toEqual([
    401,
    'UNAUTHORIZED',
    'Basic realm="registry", charset="UTF-8"',
  ]);
  expect([await as('ada', 's3cret'), await as('ada', 's3cret')]).toEqual([200, 200]);
  expect([await as('ada', 'wrong'), await as('bob', 's3cret'), await as('', '')]).toEqual([401, 401, 401]);
  expect((await repository.ask('GET', '/metrics')).status).toBe(401);
  expect((await repository.ask('PUT', 'manifests/x', { body: '{}' })).status).toBe(401);
  await writeFile(htpasswd, `bob:${await hash('another', 4)}\n`);
  await pause(1100);
  expect([await as('ada', 's3cret'), await as('bob', 'another')]).toEqual([401, 200]);
  await writeFile(htpasswd, 'carol:none of bcrypt');
  await pause(1100);
  expect(await as('bob', 'another')).toBe(200);
  const lines = String(log.read());
  expect(lines).toContain(`the accounts stay as they were: Error: ${htpasswd}:1: not NAME:HASH`);
  expect(lines).toContain('GET /v2/ 401');
  expect(lines.match(/GET \/v2\/ 200 .* "" "(ada|bob)"\n/g)).toHaveLength(4);
  expect(lines.match(/GET \/v2\/ 401 .* "" -\n/g)).toHaveLength(5);
  for (const secret of ['s3cret', 'another', Buffer.from('ada:s3cret').toString('base64')]) {
    expect(lines).not.toContain(secret);
  }
});

test('a file of accounts that is none is told of before it listens', async () => {
  const htpasswd = join(home, 'htpasswd');
  await writeFile(htpasswd, 'ada:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n');
  await expect(serve({ htpasswd })).rejects.toThrow(`${htpasswd}:1: not NAME:HASH with a hash of bcrypt`);
});

test('https', async () => {
  const [cert, key] = [join(home, 'cert.pem'), join(home, 'key.pem')];
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'],
      ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert],
    ],
    { stdio: 'ignore' },
  );
  const { url } = await serve({ tls: { cert, key } });
  expect(url).toMatch(/^https:/);
  const [{ statusCode }] = (await once(getTls(`${url}/v2/`, { ca: await readFile(cert) }), 'response')) as [
    { statusCode: number },
  ];
  expect(statusCode).toBe(200);
});

test('read-only: what is there is served, whatever writes is refused', async () => {
  const first = new Repository((await serve()).url, 'there');
  const { digest } = await first.pushManifest(await first.image('x'), 'tag');
  const repository = new Repository((await serve({ readOnly: true, delete: true })).url, 'there');
  expect((await repository.ask('GET', 'manifests/tag')).status).toBe(200);
  for (const [method, path] of [
    ['POST', 'blobs/uploads/'],
    ['PUT', 'manifests/tag'],
    ['DELETE', `manifests/${digest}`],
    ['PATCH', 'blobs/uploads/00000000-0000-4000-8000-000000000000'],
  ] as const) {
    const reply = await repository.ask(method, path, { body: 'x' });
    expect([method, reply.status, codeOf(reply)]).toEqual([method, 405, 'UNSUPPORTED']);
  }
});

test('deleting is off unless it is asked for', async () => {
  const repository = new Repository((await serve()).url, 'kept');
  const { digest } = await repository.pushManifest(await repository.image('x'), 'tag');
  for (const path of ['manifests/tag', `manifests/${digest}`, `blobs/${digest}`]) {
    expect((await repository.ask('DELETE', path)).status).toBe(405);
  }
  expect((await repository.ask('HEAD', 'manifests/tag')).status).toBe(200);
});

test('indexes with manifests that are not there are taken where that is told', async () => {
  const repository = new Repository((await serve({ sparseIndexes: true })).url, 'sparse');
  const missing = {
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    digest: digestOf(Buffer.from('x')),
    size: 1,
  };
  const index = { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: [missing] };
  await repository.pushManifest(index, 'sparse');
  expect((await repository.ask('HEAD', 'manifests/sparse')).status).toBe(200);
});

test('a server was well though its storage was gone', async () => {
  const htpasswd = join(home, 'htpasswd');
  await writeFile(htpasswd, `ada:${await hash('s3cret', 4)}\n`);
  const repository = new Repository((await serve({ htpasswd })).url, 'any');
  const states = async () => {
    const replies = await Promise.all(['/healthz', '/readyz', '/'].map((path) => repository.ask('GET', path)));
    return replies.map(({ status, body }) => [status, body.toString().trim()]);
  };
  expect(await states()).toEqual([
    [200, '{"status":"ok"}'],
    [200, '{"status":"ok"}'],
    [200, ''],
  ]);
  await rm(join(home, 'storage'), { recursive: true });
  const gone = [503, '{"status":"the storage can not be used (ENOENT)"}'];
  expect(await states()).toEqual([gone, gone, [200, '']]);
});

test('a server was well though the folders in its storage were not its own', async () => {
  const { url } = await serve();
  const root = join(home, 'storage/docker/registry/v2');
  await mkdir(root, { recursive: true });
  await writeFile(join(root, 'repositories'), ''); // Nobody may go through it, not even root.
  const { status, body } = await new Repository(url, 'any').ask('GET', '/readyz');
  expect([status, body.toString().trim()]).toEqual([503, '{"status":"the storage can not be used (EACCES)"}']);
});

test('figures for Prometheus', async () => {
  const repository = new Repository((await serve()).url, 'counted');
  await repository.pushBlob('twelve bytes');
  await repository.ask('HEAD', 'manifests/none');
  const { headers, body } = await repository.ask('GET', '/metrics');
  expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  const lines = body.toString().split('\n');
  for (const line of [
    'registry_requests_total{method="HEAD",kind="manifest",status="404"} 1',
    'registry_requests_total{method="POST",kind="uploads",status="202"} 1',
    'registry_requests_total{method="PUT",kind="upload",status="201"} 1',
    'registry_received_bytes_total 12',
    'registry_requests_in_flight 1',
  ]) {
    expect(lines).toContain(line);
  }
});

test('uploads that were begun a week ago and not ended are removed, younger ones are not', async () => {
  const repository = new Repository((await serve()).url, 'old/uploads');
  const [old, young] = [await repository.begin(), await repository.begin()];
  const folder = (location: string) =>
    join(home, 'storage/docker/registry/v2/repositories/old/uploads/_uploads', location.split('/').at(-1) ?? '');
  await writeFile(join(folder(old), 'startedat'), new Date(Date.now() - 8 * 24 * 3600_000).toISOString());
  await serve();
  await expect.poll(() => stat(folder(old)).catch(() => 'gone')).toBe('gone');
  expect((await repository.ask('GET', young)).status).toBe(204);
});

test('SIGTERM: an upload under way ends well, new connections are refused', async () => {
  const dir = join(home, 'storage');
  const running = await runMain(dir, '--pid-file', join(home, 'pid'));
  expect(Number(await readFile(join(home, 'pid'), 'utf8'))).toBe(running.child.pid);
  const repository = new Repository(running.url, 'stopping');
  const content = Buffer.from('first half, second half');
  const digest = digestOf(content);
  const outgoing = request(new URL(ending(await repository.begin(), digest), running.url), { method: 'PUT' });
  outgoing.write(content.subarray(0, 11));
  await pause(100);
  const over = running.end('SIGTERM');
  await expect.poll(() => repository.ask('GET', '/v2/').catch((error: Error) => error.message)).toMatch(/ECONNREFUSED/);
  outgoing.end(content.subarray(11));
  const [response] = (await once(outgoing, 'response')) as [{ statusCode: number; resume(): void }];
  response.resume();
  expect(response.statusCode).toBe(201);
  expect(await over).toBe(0);
  await expect(stat(join(home, 'pid'))).rejects.toThrow(/ENOENT/);
});

test('an option of an unset variable served the folder of the script, or every address', async () => {
  for (const option of ['host', 'htpasswd', 'tls-cert']) {
    await expect(runMain(home, `--${option}`, '')).rejects.toThrow(
      `--${option} is empty: give it a value, or leave it out`,
    );
  }
  const { output } = await runMainOnce('--dir', '');
  expect(output).toBe('--dir is empty: give it a value, or leave it out\n');
});

test('wrong options are told in one line', async () => {
  await expect(runMain(home, '--port', 'many')).rejects.toThrow('--port many: must be a whole number up to 65535');
  await expect(runMain(home, '--tls-cert', 'x')).rejects.toThrow(
    '--tls-cert and --tls-key are needed both, or neither',
  );
});
