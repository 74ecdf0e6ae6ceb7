import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hash } from 'bcryptjs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { digestOf } from '../../../src/registry/digest.js';
import { serveRegistry } from '../../../src/registry/server/serve.js';
import { Repository } from '../conformance/repository.js';
import { runMain, runMainOnce } from './run-main.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'provision-gc-program-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const own = () => join(dir, 'docker/registry/v2/_provision');

function age(): void {
  const then = Date.now() / 1000 - 2 * 24 * 3600;
  for (const entry of readdirSync(join(dir, 'docker/registry/v2'), { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && !entry.parentPath.includes('_provision')) {
      utimesSync(join(entry.parentPath, entry.name), then, then);
    }
  }
}

test('a timer without an account has the server collect, by a key in the folder', async () => {
  const htpasswd = join(dir, 'htpasswd');
  writeFileSync(htpasswd, `ada:${await hash('s3cret', 4)}\n`);
  const first = await serveRegistry({ dir });
  await new Repository(first.url, 'a').pushBlob('unnamed');
  await first.close(0);
  age();
  const running = await runMain(dir, '--htpasswd', htpasswd, '--gc-grace', '3600');
  try {
    const [key = ''] = readdirSync(join(own(), 'servers'));
    expect(statSync(join(own(), 'servers', key)).mode & 0o777).toBe(0o600);
    expect((await new Repository(running.url, 'a').ask('POST', '/_provision/gc')).status).toBe(401);
    const gc = (...words: string[]) => runMainOnce('gc', '--dir', dir, ...words);
    expect(await gc('--dry-run')).toEqual({
      status: 0,
      output: `${dir}: would collect 1 blobs (7 bytes), 0 manifests, 1 links, 0 old uploads; 0 blobs and 0 manifests of 1 repositories stay\n`,
    });
    expect(await gc('--gc-grace', '10')).toEqual({
      status: 1,
      output: `${running.url}: grace must be 600 seconds or more\n`,
    });
    expect((await gc()).output).toMatch(/: collected 1 blobs \(7 bytes\)/);
  } finally {
    await running.end('SIGTERM');
  }
  expect(readdirSync(join(own(), 'servers'))).toEqual([]);
  const rules = ['--retain-deny=x*', '--retain-younger-than=5'];
  expect((await runMainOnce('gc', '--dir', dir, ...rules)).output).toMatch(/: collected 0 blobs/);
  expect(await runMainOnce('--dir', dir, ...rules)).toEqual({ status: 1, output: '--retain-deny is for gc\n' });
  expect(await runMainOnce('collect', '--dir', dir)).toEqual({ status: 1, output: 'what is collect?\n' });
});

test('what a killed server left does not keep a folder from being collected; one that runs beside is seen', async () => {
  const killed = await runMain(dir, '--gc-grace', '0', '--delete');
  await killed.end('SIGKILL');
  const alone = await runMain(dir, '--gc-grace', '0', '--delete');
  try {
    const ask = () =>
      new Repository(alone.url, 'a').ask('POST', '/_provision/gc', {
        body: '{}',
        headers: { 'Content-Type': 'application/json' },
      });
    await new Repository(alone.url, 'a').pushBlob('x');
    expect((await ask()).status).toBe(200);
    const beside = await serveRegistry({ dir });
    const refused = await ask();
    expect([refused.status, refused.body.toString()]).toEqual([
      409,
      expect.stringContaining(`process ${process.pid} of `),
    ]);
    await beside.close(0);
    expect((await ask()).status).toBe(200);
  } finally {
    await alone.end('SIGKILL');
  }
});

test('garbage is collected as often as it should be, without being asked', async () => {
  const server = await serveRegistry({ dir });
  const digest = await new Repository(server.url, 'a').pushBlob('unnamed');
  await server.close(0);
  age();
  writeFileSync(join(own(), 'collected'), '');
  utimesSync(join(own(), 'collected'), 0, 0);
  const often = await serveRegistry({ dir, gcEvery: 60, gcSettling: 0 });
  const status = async () => (await new Repository(often.url, 'a').ask('GET', `blobs/${digest}`)).status;
  await expect.poll(status).toBe(404);
  expect(digest).toBe(digestOf(Buffer.from('unnamed')));
  await expect.poll(() => Date.now() - statSync(join(own(), 'collected')).mtimeMs).toBeLessThan(60_000);
  await often.close(0);
});
