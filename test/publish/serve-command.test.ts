import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { runPublish } from '../registry/admin/run-command.js';
import { freePort } from '../registry/proxy/start-registry.js';
import { ask, redirectFiles, writeFiles } from './crane-kit.js';

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'provision-publish-serve-'));
  writeFiles(join(home, 'metadata'), redirectFiles);
});
afterAll(() => rmSync(home, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

test('serves by the configuration that CRANE_CONFIG_PATH names, until it is told to stop', async () => {
  const port = await freePort();
  const listeners = process.listenerCount('SIGTERM');
  const config = `[general]\ndata_dir: ${home}/metadata\nendpoint: images.example.com\n[nginx]\nexpression: $uri enigma\n`;
  writeFiles(home, { 'crane.conf': config });
  vi.stubEnv('CRANE_CONFIG_PATH', join(home, 'crane.conf'));
  const running = runPublish('serve', '--listen', `127.0.0.1:${port}`, '--search', '--json');
  const url = `http://127.0.0.1:${port}`;
  await vi.waitFor(() => ask(url, '/v2/'), { timeout: 20_000 });
  const blob = await ask(url, '/v2/bar/blobs/sha256:abc');
  const images = await ask(url, '/v1/repositories/bar/images');
  const found = await ask(url, '/v1/search?q=zoo');
  process.emit('SIGTERM');
  const { status, stdout } = await running;
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ url, dataDir: `${home}/metadata`, repositories: 7 });
  expect(blob.headers.location).toMatch(
    /^http:\/\/cdn\.example\.com\/bar\/blobs\/sha256:abc\?md5=[\w-]{22}&expires=\d+$/,
  );
  expect(images.headers['x-docker-endpoints']).toBe('images.example.com');
  expect(JSON.parse(found.body).num_results).toBe(1);
  expect(process.listenerCount('SIGTERM')).toBe(listeners);
});

test('what is wrong is named before anything is opened', async () => {
  mkdirSync(join(home, 'empty'));
  writeFiles(home, { 'wrong.conf': `[general]\ndata_dir: ${home}/empty\n[cdn]\nurl_auth_secret: secret\n` });
  writeFiles(home, { 'signed.conf': `[general]\ndata_dir: ${home}/empty\n[nginx]\nexpression: $uri enigma\n` });
  const run = async (...words: string[]) => {
    const { status, stderr } = await runPublish('serve', ...words);
    return `${stderr.replaceAll(home, 'HOME')}exit ${status}`;
  };
  const at = ['--data-dir', join(home, 'empty')];
  const all = [
    await run('--config', join(home, 'wrong.conf')),
    await run('--data-dir', join(home, 'none')),
    await run(...at, '--content-v2', join(home, 'none')),
    await run(...at, '--tls-cert', 'cert.pem'),
    await run(...at, '--trusted-proxy', '10.0.0.0/8'),
    await run(...at, '--client-cert-header', 'x-cert', '--trusted-proxy', '10.0.0.0/64'),
    await run(...at, '--listen', 'localhost'),
    await run(...at, '--store', 's3://acme.bucket', '--content-v2', home),
    await run('--config', join(home, 'signed.conf'), '--store', 's3://acme.bucket', '--presign'),
    await run(...at, '--store', 's3://acme.bucket', '--presign', 'x'),
    await run(...at, '--store', 's3://acme.bucket', '--store-url', 'images.example.com'),
  ];
  expect(all).toMatchInlineSnapshot(`
    [
      "HOME/wrong.conf:4:1 error [cdn] url_auth_secret: hexadecimal digits are expected, an even number of them
      4 | url_auth_secret: ********
        | ^

    1 error; no host was contacted
    exit 1",
      "error: HOME/none is no folder
      make it, or name another
    exit 1",
      "error: HOME/none is no folder
      make it, or name another
    exit 1",
      "error: TLS needs a certificate and its key
      give --tls-cert and --tls-key
    exit 1",
      "error: --trusted-proxy is given without --client-cert-header
      name the header: --client-cert-header X-SSL-Client-Cert
    exit 1",
      "error: --trusted-proxy: 10.0.0.0/64 is no address and no network
    exit 1",
      "error: option '--listen <host:port>' argument 'localhost' is invalid. An address is expected: 127.0.0.1:5001
    (provision publish serve --help explains)
    exit 1",
      "error: --store cannot be used with --content-v2: content is in one place
      leave out --store or --content-v2
    exit 1",
      "error: addresses are signed in one way: --presign, and a section of HOME/signed.conf, are given
      leave out --presign, or the section
    exit 1",
      "error: option '--presign [seconds]' argument 'x' is invalid. A whole number from 1 is expected.
    (provision publish serve --help explains)
    exit 1",
      "error: option '--store-url <address>' argument 'images.example.com' is invalid. An address such as https://s3.example.com is expected.
    (provision publish serve --help explains)
    exit 1",
    ]
  `);
});
