import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sh } from '../../sh.js';
import { wait } from '../actions/wait.js';
import { isInsecure } from './insecure-registries.js';
import { registryQuestions } from './registry-questions.js';

const run = promisify(execFile);
const shells: [string, string[]][] = [
  ['dash', []],
  ['bash', ['--posix']],
  ['busybox', ['sh']],
];

describe.each(shells)('questions to registries, in %s', (command, args) => {
  const server = createServer((_, response) => response.end('{}'));
  beforeAll(() => new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => void server.close());
  const ask = async (script: string, env: Readonly<Record<string, string>> = {}) =>
    (
      await run(command, [...args, '-c', script], { env: { PATH: process.env.PATH ?? '', SHLVL: '2', ...env } })
    ).stdout.trim();

  it("the host's own registry is seen past a proxy of the environment", async () => {
    const at = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const dead = 'http://127.0.0.1:9';
    const script = sh`${registryQuestions}
look ${at}`.script;
    expect(await ask(script, { http_proxy: dead, https_proxy: dead, all_proxy: dead })).toBe(`http://${at} 200`);
  });

  it('Docker Hub was asked at docker.io, where there is no registry', async () => {
    const asked: string[] = [];
    const proxy = createServer().on('connect', ({ url = '' }, socket) => {
      asked.push(url);
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
    await new Promise<void>((resolve) => void proxy.listen(0, '127.0.0.1', resolve));
    const script = sh`${registryQuestions}
look ${'docker.io'}`.script;
    const told = await ask(script, { https_proxy: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` });
    proxy.close();
    expect(told).toMatch(/^https:\/\/registry-1\.docker\.io 000/);
    expect(new Set(asked)).toEqual(new Set(['registry-1.docker.io:443']));
  });

  it.each([
    ['198.18.77.11:5000', '198.18.0.0/15', true],
    ['198.20.0.1:5000', '198.18.0.0/15', false],
    ['10.1.2.3', '10.0.0.0/8', true],
    ['192.0.2.1:80', '192.0.2.1/32', true],
    ['192.0.2.1:80', '0.0.0.0/0', true],
    ['192.0.2.1:80', 'fd00::/8', false],
  ])('%s in the network %s is insecure as docker has it: %s', async (registry, network, expected) => {
    const script = sh`insecure= networks=${network}
${isInsecure}
is_insecure ${registry} && echo yes || echo no`.script;
    expect(await ask(script)).toBe(expected ? 'yes' : 'no');
  });
});

it('a wait for an address of the host itself asks no proxy', async () => {
  const server = createServer((_, response) => response.end('{}'));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const before = wait({ http: { url } }).resource.probe({} as never).script;
    const { stdout } = await run('sh', ['-c', before], {
      env: { PATH: process.env.PATH ?? '', http_proxy: 'http://127.0.0.1:9' },
    });
    expect(stdout).toContain('open status 200');
  } finally {
    server.close();
  }
});
