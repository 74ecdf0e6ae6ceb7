import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { serveCommand } from '../../../src/cli/registry/commands/serve.js';
import { serverConfig } from '../../../src/registry/server/config/config-schema.js';
import { configuredOptions } from '../../../src/registry/server/config/server-options.js';
import { Repository } from '../conformance/repository.js';
import { runMain } from './run-main.js';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'provision-config-'));
});
afterEach(() => rm(home, { recursive: true }));

async function written(text: string): Promise<string> {
  const file = join(home, 'registry.yml');
  await writeFile(file, text);
  return file;
}

test('a file has the options of the command; flags are stronger, and paths are relative to the file', async () => {
  const file = await written('dir: images\nport: 5001\ndelete: true\nread_only: true\nhtpasswd: /etc/accounts\n');
  expect(await configuredOptions({ port: 5002, read_only: false, delete: undefined }, file)).toMatchObject({
    dir: join(home, 'images'),
    port: 5002,
    readOnly: false,
    delete: true,
    htpasswd: '/etc/accounts',
    logs: false,
  });
  expect(await configuredOptions({ dir: home }, await written('{"log": true}'))).toMatchObject({
    port: 5000,
    logs: true,
  });
});

test('every error of a file is told with its place and the nearest name, and nothing was made', async () => {
  const file = await written(`dir: ${home}/images\nprot: 5001\nread_only: yes\nhost:\n  - a\n`);
  const failed = await runMain(home, '--config', file).catch(({ message }: Error) => message);
  expect(String(failed).replaceAll(home, '').split('\n').slice(0, 3)).toEqual([
    'the registry ended with 1: /registry.yml:5:3: host: expected text, found a list of 1',
    '/registry.yml:3:12: read_only: expected true or false, found text "yes" (write true: in YAML 1.2, yes and on are text)',
    expect.stringMatching(/^\/registry\.yml:2:1: unknown key "prot" \(did you mean "port"\? expected /),
  ]);
  await expect(stat(join(home, 'images'))).rejects.toThrow('ENOENT');
  await expect(configuredOptions({}, join(home, 'none.yml'))).rejects.toThrow('no such file');
  await expect(configuredOptions({}, await written('port: 1'))).rejects.toThrow('--dir is missing');
});

test('what a pull-through cache needs is checked before anything is made', async () => {
  const refused = async (text: string) =>
    await configuredOptions({ dir: join(home, 'images') }, await written(text)).then(
      () => 'taken',
      ({ message }: Error) => message,
    );
  const url = 'proxy_url: https://registry.example.com\n';
  expect(await refused('proxy_url: registry.example.com')).toContain(
    'must be http://HOST[:PORT] or https://HOST[:PORT]',
  );
  expect(await refused('proxy_url: https://a:b@registry.example.com')).toContain('must not hold an account');
  expect(await refused('proxy_url: https://registry.example.com/v2')).toContain('must have no path');
  expect(await refused(`${url}proxy_ttl: soon`)).toContain('must be a time, such as 12h, 7d or 168h');
  expect(await refused(`${url}proxy_namespaces: [a b]`)).toContain('must be a registry: docker.io');
  expect(await refused('proxy_ttl: 7d')).toBe('--proxy-ttl needs --proxy-url: the registry to fetch from');
  expect(await refused(`${url}read_only: true`)).toContain('--proxy-url cannot be used with --read-only');
  expect(await refused(`${url}proxy_username: a`)).toContain('are needed both, or neither');
  expect(await refused(`${url}proxy_username: a\nproxy_password_file: p\nproxy_authfile: f`)).toContain(
    '--proxy-authfile',
  );
  const file = await written(`${url}proxy_username: a\nproxy_password_file: p\nproxy_ttl: 168h\nproxy_tag_ttl: 1h30m`);
  expect((await configuredOptions({ dir: home }, file)).proxy).toMatchObject({
    passwordFile: join(home, 'p'),
    ttl: 7 * 24 * 3600,
    tagTtl: 5400,
  });
  const failed = await runMain(home, '--dir', join(home, 'images'), '--config', file).catch((error: Error) => error);
  expect(String(failed)).toContain(`proxy_password_file ${join(home, 'p')} cannot be read`);
  await expect(stat(join(home, 'images'))).rejects.toThrow('ENOENT');
});

test('each option of the command, and of the program of a host, is a key of the file', async () => {
  const keys: readonly string[] = Object.keys(serverConfig.shape);
  const options = serveCommand(() => {}).options.map(({ long = '' }) => long.slice(2).replaceAll('-', '_'));
  expect(options.filter((name) => !keys.includes(name))).toEqual(['json', 'verbose', 'config']);
  const main = await readFile(new URL('../../../src/registry/server/main.ts', import.meta.url), 'utf8');
  const taken = [...main.matchAll(/^ {4}'?([a-z-]+)'?: \{ type: /gm)].map(([, name = '']) => name.replaceAll('-', '_'));
  expect(taken.length).toBeGreaterThan(15);
  const ofServer = taken.filter((name) => !['dry_run', 'json'].includes(name) && !name.startsWith('retain_')); // Those are of gc.
  expect(ofServer.filter((name) => !keys.includes(name))).toEqual(['config', 'pid_file', 'ready_file']);
});

test("the program of a host takes a file, in YAML or JSON, and the command line's words are stronger", async () => {
  const file = await written(
    JSON.stringify({ dir: join(home, 'other'), port: 1, delete: true, metrics_path: '/figures' }),
  );
  const running = await runMain(home, '--config', file, '--port', '0');
  try {
    const repository = new Repository(running.url, 'any');
    expect((await repository.ask('GET', '/figures')).status).toBe(200);
    expect((await repository.ask('DELETE', 'manifests/none')).status).toBe(404);
  } finally {
    await running.end('SIGTERM');
  }
  await expect(stat(join(home, 'other'))).rejects.toThrow('ENOENT');
});
