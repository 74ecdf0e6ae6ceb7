import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveRegistry } from '../../src/registry/server/serve.js';
import { dockerRegistry } from '../registry/docker-registry.js';
import { freePort } from '../registry/proxy/start-registry.js';
import { hasDocker, type RealClients, realClients } from './clients-kit.js';
import { type TestService, testService } from './service-kit.js';

/*
 * Scenario E: one name before several registries. Each host has an address of its own, as clients show their tokens to the host that
 * they asked and to no other. Replicas are the embedded registry, which takes a token in an address, and docker-registry, which
 * doesn't.
 */

const bob = ['bob', 'hunter2 hunter2'] as const;
const blobReads = /GET \/v2\/bob\/app\/blobs\/(sha256:[0-9a-f]{64})\S* 200/g;

interface Host {
  readonly host: string;
  /** Requests, a line each; undefined: it keeps none. */
  readonly log: string[];
  stop(): Promise<unknown>;
}

describe.each(['embedded', 'docker-registry'] as const)('a front before a writer and two replicas: %s', (kind) => {
  let service: TestService;
  let clients: RealClients;
  let front: string;
  let writer: Host;
  let replicas: Host[];
  const creds = bob.join(':');

  beforeAll(async () => {
    const port = await freePort();
    front = `127.0.0.1:${port}`;
    const hosts = await Promise.all([2, 3, 4].map(async (last) => `127.0.0.${last}:${await freePort()}`));
    const [first = '', ...others] = hosts;
    service = await testService({
      listen: front,
      registry: false,
      registries: [{ name: 'prod', host: front, read_only: false, writer: first, replicas: others }],
    });
    const { body } = await service.send('GET /api/v1/token-server', undefined, null);
    const rootcertbundle = join(service.folder, 'bundle.pem');
    await writeFile(rootcertbundle, body.rootcertbundle);
    const token = { realm: body.realm, issuer: body.issuer, service: 'prod', rootcertbundle };
    const start = async (host: string, at: number): Promise<Host> => {
      const dir = join(service.folder, `host-${at}`);
      const [address = '', ownPort] = host.split(':');
      if (kind === 'docker-registry' && at > 0)
        return { ...once(await dockerRegistry(dir, { token, host })), host, log: [] };
      const log: string[] = [];
      const lines = new Writable({
        write: (chunk, _encoding, done) => {
          log.push(String(chunk));
          done();
        },
      });
      const server = await serveRegistry({
        dir,
        host: address,
        port: Number(ownPort),
        delete: true,
        token,
        log: lines,
      });
      return { host, log, ...once({ stop: () => server.close() }) };
    };
    const [one, ...more] = await Promise.all(hosts.map(start));
    if (one === undefined) throw new Error('no writer');
    [writer, replicas] = [one, more];
    clients = await realClients(service.folder);
    await service.send('POST /api/v1/users', { name: 'bob', password: bob[1] });
    await clients.login(front, bob);
  });
  afterAll(async () => {
    if (hasDocker) await clients.tryDocker('image', 'rm', '-f', `${front}/bob/app:1`, `${front}/bob/app:2`);
    await clients.close();
    for (const { stop } of [writer, ...replicas]) await stop();
    await service.close();
  });

  const copy = (from: string, to: string) =>
    clients.skopeo('copy', '--dest-tls-verify=false', '--dest-creds', creds, from, `docker://${to}`);
  const readsOf = ({ log }: Host) => [...log.join('').matchAll(blobReads)].map(([, digest]) => digest);
  const forget = () => {
    for (const { log } of [writer, ...replicas]) log.length = 0;
  };

  it('takes a push, which reaches the writer alone', async () => {
    const image = await clients.image(`${kind} one`.replace(' ', '-'), 16);
    await copy(image, `${front}/bob/app:1`);
    expect(writer.log.join('')).toMatch(/PUT \/v2\/bob\/app\/manifests\/1 201/);
    expect(replicas.flatMap(({ log }) => log.filter((line) => / (PUT|POST|PATCH) /.test(line)))).toEqual([]);
    const read = await clients.skopeo('inspect', '--tls-verify=false', '--creds', creds, `docker://${front}/bob/app:1`);
    expect(JSON.parse(read).Layers).toHaveLength(16);
    for (const { host } of replicas) await copy(image, `${host}/bob/app:1`);
  });

  it('spreads reads over the replicas', async () => {
    forget();
    await clients.skopeo(
      'copy',
      '--src-tls-verify=false',
      '--src-creds',
      creds,
      `docker://${front}/bob/app:1`,
      `dir:${clients.home}/copy`,
    );
    expect(readsOf(writer)).toEqual([]);
    if (kind === 'docker-registry') return; // What it serves is seen by what the writer doesn't.
    const reads = replicas.map(readsOf);
    expect(reads.flat().sort()).toHaveLength(17);
    expect(reads.map((each) => each.length > 0)).toEqual([true, true]);
    const text = replicas.flatMap(({ log }) => log).join('');
    expect([text.includes('access_token=…'), text.includes('eyJ')]).toEqual([true, false]);
  });

  it('podman pulls and pushes', async () => {
    await clients.podman('pull', '--tls-verify=false', `${front}/bob/app:1`);
    await clients.podman('push', '--tls-verify=false', `${front}/bob/app:1`, `${front}/bob/podman:1`);
    expect(writer.log.join('')).toMatch(/PUT \/v2\/bob\/podman\/manifests\/1 201/);
  });

  it.runIf(hasDocker)('docker pulls and pushes (docker)', async () => {
    forget();
    await clients.docker('pull', `${front}/bob/app:1`);
    expect(readsOf(writer)).toEqual([]);
    await clients.docker('tag', `${front}/bob/app:1`, `${front}/bob/docker:1`);
    await clients.docker('push', `${front}/bob/docker:1`);
    expect(writer.log.join('')).toMatch(/PUT \/v2\/bob\/docker\/manifests\/1 201/);
    await clients.docker('image', 'rm', '-f', `${front}/bob/docker:1`, `${front}/bob/app:1`);
  });

  it('reads what replicas lack from the writer, at once after a push', async () => {
    await copy(await clients.image(`${kind}-two`, 2), `${front}/bob/app:2`);
    forget();
    await clients.podman('pull', '--tls-verify=false', `${front}/bob/app:2`);
    expect(readsOf(writer)).toHaveLength(3);
  });

  it('refuses whom the token server gave nothing, and who has no token', async () => {
    const { status, text } = await clients.tryDocker('pull', `${front}/carl/app:1`);
    expect(status, text).not.toBe(0);
    const answer = await fetch(`http://${front}/v2/bob/app/manifests/1`);
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringContaining('service="prod"'),
    ]);
    const { origin } = new URL(service.url);
    expect((await fetch(`${origin}/api/v1/repositories`)).status).toBe(200);
  });

  it('takes a token in an address for reads of blobs alone', async () => {
    const token = (await service.token('service=prod&scope=repository:bob/app:pull,push', bob)).body.token;
    const digest = `sha256:${'0'.repeat(64)}`;
    const statuses = async (...asked: string[]) =>
      await Promise.all(
        asked.map(async (each) => {
          const [method = '', path = ''] = each.split(' ');
          return (await fetch(`http://${writer.host}/v2/bob/${path}?access_token=${token}`, { method })).status;
        }),
      );
    expect(await statuses(`GET app/blobs/${digest}`, `HEAD app/blobs/${digest}`)).toEqual([404, 404]);
    const others = [
      'GET app/manifests/1',
      'GET app/tags/list',
      `DELETE app/blobs/${digest}`,
      'POST app/blobs/uploads/',
    ];
    expect(await statuses(...others, `GET other/blobs/${digest}`)).toEqual([401, 401, 401, 401, 401]);
  });

  it('goes on with a replica less, and for what is there without the writer', async () => {
    await replicas[0]?.stop();
    await clients.podman('rmi', '--all', '--force');
    await clients.podman('pull', '--tls-verify=false', `${front}/bob/app:1`);
    await writer.stop();
    await clients.podman('rmi', '--all', '--force');
    await clients.podman('pull', '--tls-verify=false', `${front}/bob/app:1`);
    const answer = await fetch(`http://${front}/v2/bob/new/blobs/uploads/`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${(await service.token('service=prod&scope=repository:bob/new:pull,push', bob)).body.token}`,
      },
    });
    expect(answer.status).toBe(502);
  });
});

describe('a front before a writer and a replica that does not answer', () => {
  let service: TestService;
  let clients: RealClients;
  let front: string;
  let stop: () => Promise<void>;

  beforeAll(async () => {
    front = `127.0.0.1:${await freePort()}`;
    const [writer, replica] = [`127.0.0.2:${await freePort()}`, `127.0.0.3:${await freePort()}`];
    service = await testService({
      listen: front,
      registry: false,
      registries: [{ name: 'prod', host: front, read_only: false, writer, replicas: [replica] }],
    });
    const { body } = await service.send('GET /api/v1/token-server', undefined, null);
    const rootcertbundle = join(service.folder, 'bundle.pem');
    await writeFile(rootcertbundle, body.rootcertbundle);
    const token = { realm: body.realm, issuer: body.issuer, service: 'prod', rootcertbundle };
    const [host = '', port] = writer.split(':');
    const server = await serveRegistry({
      dir: join(service.folder, 'w'),
      host,
      port: Number(port),
      delete: true,
      token,
    });
    stop = () => server.close();
    clients = await realClients(service.folder);
    await service.send('POST /api/v1/users', { name: 'bob', password: bob[1] });
    await clients.login(front, bob);
  });
  afterAll(async () => {
    await clients.close();
    await stop();
    await service.close();
  });

  // Once the replica was found to be away, the writer came first, and the last word was the replica's: 502.
  it('takes pushes, and says what is not there', async () => {
    for (const tag of ['1', '2']) {
      const image = await clients.image(`late-${tag}`, 4);
      const creds = ['--dest-tls-verify=false', '--dest-creds', bob.join(':')];
      await clients.skopeo('copy', ...creds, image, `docker://${front}/bob/late:${tag}`);
    }
    const { token } = (await service.token('service=prod&scope=repository:bob/late:pull', bob)).body;
    const status = async (method: string, path: string) => {
      const headers = { Authorization: `Bearer ${token}` };
      return (await fetch(`http://${front}/v2/bob/late/${path}`, { method, headers })).status;
    };
    const missing = `blobs/sha256:${'0'.repeat(64)}`;
    expect(await status('GET', 'manifests/2')).toBe(200);
    expect(await status('GET', missing)).toBe(404);
    expect(await status('HEAD', missing)).toBe(404);
    expect(await status('GET', 'manifests/none')).toBe(404);
  });
});

/** Lets a host be stopped again when it was. */
function once({ stop }: { stop(): Promise<unknown> }): { stop(): Promise<unknown> } {
  let stopped: Promise<unknown> | undefined;
  return {
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}
