import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hash } from 'bcryptjs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openRegistry } from '../../../src/registry/client/open.js';
import { type RegistryServer, type RegistryServerOptions, serveRegistry } from '../../../src/registry/server/serve.js';
import { runMain } from '../server/run-main.js';
import { pushImage } from './push-image.js';
import { runCommand } from './run-command.js';

let dir: string;
const open: RegistryServer[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'provision-gc-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const server of open.splice(0)) await server.close(0);
  rmSync(dir, { recursive: true });
});

async function serve(options: Omit<RegistryServerOptions, 'dir'> = { delete: true }): Promise<RegistryServer> {
  const server = await serveRegistry({ dir, ...options });
  open.push(server);
  return server;
}

/** Pushes an image that stays and one that is deleted, both long ago. */
async function fill({ host }: RegistryServer): Promise<void> {
  const registry = openRegistry({ host });
  await pushImage(registry, 'team/web', ['1'], { content: 'kept' });
  const gone = await pushImage(registry, 'team/web', ['2'], { content: 'x'.repeat(5000) });
  await registry.deleteManifest('team/web', gone.digest);
  await registry.close();
  const then = Date.now() / 1000 - 2 * 24 * 3600;
  for (const entry of readdirSync(`${dir}/docker/registry/v2`, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && !entry.parentPath.includes('_provision')) {
      utimesSync(join(entry.parentPath, entry.name), then, then);
    }
  }
}

const would =
  /^2 blobs \([^)]*\), 1 link of blobs would be deleted; 3 blobs and 1 manifest stay\. Nothing was collected: give --yes to do it\n$/;
const did = /^collected 2 blobs \([^)]*\), 1 link of blobs; 3 blobs and 1 manifest stay\n$/;

test('"no registry runs there" was said of an embedded one that runs there', async () => {
  const server = await serve();
  await fill(server);
  const gc = (...words: string[]) => runCommand('gc', ...words);
  expect(await gc(server.host, '--on', 'local')).toMatchObject({ status: 0, stdout: expect.stringMatching(would) });
  expect(await gc(server.url)).toMatchObject({ status: 0, stdout: expect.stringMatching(would) });
  expect(await gc('--dir', dir)).toMatchObject({ status: 0, stdout: expect.stringMatching(would) });
  const { status, stdout } = await gc(server.host, '--yes', '--json');
  expect([status, JSON.parse(stdout)]).toMatchObject([0, { runtime: 'embedded', applied: true, blobs: 2, links: 1 }]);
  expect(await gc(server.host, '--yes')).toMatchObject({
    stdout: expect.stringMatching(/^collected 0 blobs \(0 B\); /),
  });
});

test('the folder of a stopped one is collected by the command, that of a running one by its server', async () => {
  const server = await serve();
  await fill(server);
  await server.close(0);
  const gc = (...words: string[]) => runCommand('gc', '--dir', dir, ...words);
  expect(await gc('--json')).toMatchObject({ status: 0, stdout: expect.not.stringContaining('"server"') });
  expect(await gc('--grace', '5s')).toMatchObject({
    status: 1,
    stderr: 'error: the grace time must be 120 seconds or more\n',
  });
  const running = await runMain(dir, '--htpasswd', await accounts());
  try {
    const { status, stdout } = await gc('--json');
    expect([status, JSON.parse(stdout).server]).toEqual([0, running.url]);
    await running.end('SIGKILL');
    expect(await gc('--yes')).toMatchObject({ status: 0, stdout: expect.stringMatching(did) });
  } finally {
    await running.end('SIGKILL');
  }
  expect(await runCommand('gc', '--dir', join(dir, 'none'))).toMatchObject({
    status: 1,
    stderr: `error: ${dir}/none holds no images\n`,
  });
});

async function accounts(): Promise<string> {
  const file = join(dir, 'htpasswd');
  writeFileSync(file, `ada:${await hash('s3cret', 4)}\n`);
  return file;
}

test('only an account, or whoever may delete, has a registry collected by a request', async () => {
  const closed = await serve({});
  expect(await runCommand('gc', closed.host)).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('only a registry with accounts, or one that allows deletes (--delete)'),
  });
  const server = await serve({ htpasswd: await accounts() });
  const authfile = ['--authfile', join(dir, 'no-accounts.json')];
  writeFileSync(join(dir, 'no-accounts.json'), '{}');
  expect(await runCommand('gc', server.host, ...authfile)).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('401'),
  });
  vi.stubEnv('PROVISION_REGISTRY_PASSWORD', 's3cret');
  const { status, stdout } = await runCommand('gc', server.host, ...authfile, '--creds', 'ada', '--yes');
  expect([status, stdout]).toEqual([0, 'collected 0 blobs (0 B); 0 blobs and 0 manifests stay\n']);
});

test('what is given wrongly is said', async () => {
  const server = await serve();
  expect(await runCommand('gc')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('give the address of a registry, or --dir'),
  });
  expect(await runCommand('gc', server.host, '--dir', dir)).toMatchObject({ status: 1 });
  expect(await runCommand('gc', server.host, '--grace', '1s')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('grace must be 600 seconds or more'),
  });
});
