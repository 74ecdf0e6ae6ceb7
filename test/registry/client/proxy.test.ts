import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRegistry } from '../../../src/registry/client/open.js';
import { copyImage } from '../../../src/registry/copy/copy-image.js';
import { type RegistryServer, serveRegistry } from '../../../src/registry/server/serve.js';
import { ImageSetMaker } from '../proxy/image-set.js';
import { populate } from '../proxy/populate.js';
import { installed } from '../proxy/start-registry.js';
import { certificatesIn } from './make-certificates.js';

/** An address of this machine that is not loopback: what is there may need a proxy. */
const address = Object.values(networkInterfaces())
  .flat()
  .find((each) => each?.family === 'IPv4' && !each.internal)?.address;

describe.skipIf(!installed('tinyproxy'))('a copy through tinyproxy, which wants an account', () => {
  let folder: string;
  let servers: RegistryServer[];
  let proxy: ReturnType<typeof spawn>;
  let at: string;
  let ca: string;

  beforeAll(async () => {
    if (address === undefined) throw new Error('this machine has no address but loopback');
    folder = await mkdtemp(join(tmpdir(), 'provision-proxy-'));
    const certificates = certificatesIn(folder, address);
    ca = await readFile(certificates.ca, 'utf8');
    await Promise.all(['plain', 'secure'].map((name) => mkdir(join(folder, name))));
    servers = await Promise.all([
      serveRegistry({ dir: join(folder, 'plain'), host: address }),
      serveRegistry({ dir: join(folder, 'secure'), host: address, tls: certificates.issue('server') }),
    ]);
    const port = await freePort();
    at = `127.0.0.1:${port}`;
    await writeFile(
      join(folder, 'tinyproxy.conf'),
      [
        `Port ${port}`,
        'Listen 127.0.0.1',
        'BasicAuth user secret',
        `LogFile "${join(folder, 'log')}"`,
        'LogLevel Connect',
        '',
      ].join('\n'),
    );
    proxy = spawn('tinyproxy', ['-d', '-c', join(folder, 'tinyproxy.conf')], { stdio: 'ignore' });
    while (!(await answers(port))) await pause(20);
  });
  afterAll(async () => {
    proxy.kill();
    await once(proxy, 'exit');
    await Promise.all(servers.map((server) => server.close(0)));
    await rm(folder, { recursive: true });
  });

  const copy = async (env: NodeJS.ProcessEnv) => {
    const [plain, secure] = servers.map(({ host }, index) =>
      openRegistry({ host, env, tries: 1, trust: index === 0 ? { scheme: 'http' } : { scheme: 'https', ca } }),
    );
    if (plain === undefined || secure === undefined) throw new Error('two registries were started');
    try {
      return await copyImage({
        source: plain,
        repository: 'team/web',
        tag: '1',
        digest: undefined,
        target: secure,
        targetRepository: `team/web${Math.random().toString(36).slice(2)}`,
        targetTag: undefined,
        platforms: undefined,
        attachments: 'all',
      });
    } finally {
      await Promise.all([plain.close(), secure.close()]);
    }
  };
  const connections = async () =>
    (await readFile(join(folder, 'log'), 'utf8'))
      .split('\n')
      .filter((line) => /Request .*: (?:GET|HEAD|POST|CONNECT)/.test(line));

  it('brings requests of plain http, and tunnels for https, unless NO_PROXY has the network', async () => {
    const set = new ImageSetMaker();
    set.tag('team/web', '1', set.image('team/web', [set.layer('a', 300_000), set.layer('b', 5000)], { seed: 'a' }));
    await populate(servers[0]?.url ?? '', set);
    const env = { HTTP_PROXY: `http://user:secret@${at}`, HTTPS_PROXY: `http://user:secret@${at}` };
    expect((await copy(env)).totals).toMatchObject({ copied: 1, failed: 0 });
    const seen = await connections();
    expect(seen.some((line) => line.includes(`GET http://${servers[0]?.host}/v2/team/web/`))).toBe(true);
    expect(seen.some((line) => line.includes(`CONNECT ${servers[1]?.host}`))).toBe(true);
    const around = { ...env, NO_PROXY: `${address}/32` };
    expect((await copy(around)).totals).toMatchObject({ copied: 1, failed: 0 });
    expect(await connections()).toHaveLength(seen.length);
  });

  it('names the proxy where the account is missing', async () => {
    await expect(copy({ http_proxy: at, https_proxy: at })).rejects.toMatchObject({
      message: expect.stringMatching(/the proxy http:\/\/\S+ \(https?_proxy\) asks for an account \(407\)/),
    });
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false; // It isn't listening yet.
  } finally {
    socket.destroy();
  }
}
