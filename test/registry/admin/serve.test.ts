import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openRegistry } from '../../../src/registry/client/open.js';
import { digestOf } from '../../../src/registry/digest.js';
import { mediaTypes } from '../../../src/registry/media-types.js';
import { freePort } from '../proxy/start-registry.js';
import { pushImage } from './push-image.js';
import { runCommand } from './run-command.js';

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'provision-serve-'));
});
afterAll(() => rmSync(home, { recursive: true }));

test('serves a folder until it is told to stop; what was pushed is there when it is started again', async () => {
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  const before = process.listenerCount('SIGTERM');
  for (const round of ['first', 'second']) {
    const running = runCommand('serve', '--dir', join(home, 'data'), '--port', String(port), '--json');
    const registry = openRegistry({ host });
    await vi.waitFor(() => registry.ping(), { timeout: 20_000 });
    if (round === 'first') await pushImage(registry, 'team/web', ['1'], { content: 'web' });
    expect(await registry.tags('team/web')).toEqual(['1']);
    await registry.close();
    process.emit('SIGTERM');
    const { status, stdout } = await running;
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ url: `http://${host}`, host, dir: join(home, 'data') });
  }
  expect(process.listenerCount('SIGTERM')).toBe(before);
});

test('what the server can do had no options: sparse indexes, another path of the figures, larger manifests', async () => {
  const port = await freePort();
  const folder = ['--dir', join(home, 'options'), '--port', String(port)];
  const options = ['--sparse-indexes', '--metrics-path', '/figures', '--max-manifest-size', String(8 << 20)];
  const running = runCommand('serve', ...folder, ...options, '--json');
  const at = (path: string) => `http://127.0.0.1:${port}${path}`;
  await vi.waitFor(() => fetch(at('/v2/')), { timeout: 20_000 });
  const missing = { mediaType: mediaTypes.ociManifest, digest: digestOf(Buffer.from('none')), size: 1 };
  const annotations = { long: 'x'.repeat(5 << 20) };
  const body = JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [missing], annotations });
  const headers = { 'content-type': mediaTypes.ociIndex };
  const statuses = [
    (await fetch(at('/v2/a/manifests/b'), { method: 'PUT', body, headers })).status,
    (await fetch(at('/figures'))).status,
    (await fetch(at('/metrics'))).status,
  ];
  process.emit('SIGTERM');
  expect([(await running).status, ...statuses]).toEqual([0, 201, 200, 404]);
});

test('what can not be had is said', async () => {
  const run = async (...words: string[]) => {
    const { status, stderr } = await runCommand('serve', '--dir', join(home, 'none'), ...words);
    return `${stderr.replaceAll(home, 'HOME')}exit ${status}`;
  };
  writeFileSync(join(home, 'file'), '');
  expect(await run('--tls-cert', 'a.pem')).toMatchInlineSnapshot(`
    "error: --tls-cert and --tls-key are needed both, or neither
    exit 1"
  `);
  expect(await run('--dir', join(home, 'file/below'), '--port', '0')).toMatchInlineSnapshot(`
    "error: cannot serve HOME/file/below on 127.0.0.1:0: HOME/file/below: not a directory
    exit 1"
  `);
  expect(await run('--metrics-path', '/v2/figures')).toContain('A path is expected, not below /v2/');
  expect(await run('--max-manifest-size', '1000')).toContain('from 4194304 to 1073741824');
  expect(await run('--gc-every', '30s')).toContain('A minute is the least.');
  expect(await run('--gc-grace', 'long')).toContain('A time such as 12h, 30d or 8w is expected.');
  expect(await run('--scrub-rate', '10')).toContain('A number from 1024 is expected.');
  expect(await run('--dir', '/proc/none', '--port', '0')).toMatchInlineSnapshot(`
    "error: cannot serve /proc/none on 127.0.0.1:0: /proc/none: no such file or directory
    exit 1"
  `);
  expect(await run('--htpasswd', join(home, 'nowhere'), '--port', '0')).toMatchInlineSnapshot(`
    "error: cannot serve HOME/none on 127.0.0.1:0: HOME/nowhere: no such file or directory
    exit 1"
  `);
});
