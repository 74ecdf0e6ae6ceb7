import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { nginxLinks } from '../../src/publish/links/nginx-links.js';
import { findProgram } from '../lab/machine/packages.js';
import { freePort } from '../registry/proxy/start-registry.js';
import { ask, writeFiles } from './crane-kit.js';

const expression = '$secure_link_expires$uri$remote_addr enigma';
let folder: string;
let url: string;
let nginx: ReturnType<typeof spawn>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'provision-nginx-'));
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  writeFiles(folder, { 'data/zoo/blobs/sha256:abc': 'a layer', 'data/a b': 'blank' });
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; master_process off; pid ${folder}/pid; error_log stderr;
events {}
http {
  access_log off;
  client_body_temp_path ${folder}; proxy_temp_path ${folder}; fastcgi_temp_path ${folder};
  uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
  server {
    listen 127.0.0.1:${port};
    root ${folder}/data;
    location / {
      secure_link $arg_md5,$arg_expires;
      secure_link_md5 "${expression}";
      if ($secure_link = "") { return 403; }
      if ($secure_link = "0") { return 410; }
    }
  }
}
`,
  );
  nginx = spawn(findProgram('nginx') ?? 'nginx', ['-p', folder, '-e', 'stderr', '-c', join(folder, 'nginx.conf')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  nginx.stderr?.on('data', (chunk) => {
    log += String(chunk);
  });
  for (let tries = 0; ; tries += 1) {
    if (
      await ask(url, '/').then(
        () => true,
        () => false,
      )
    )
      break;
    if (tries > 200 || nginx.exitCode !== null) throw new Error(`nginx does not answer: ${log}`);
    await pause(50);
  }
});
afterAll(async () => {
  const over = once(nginx, 'exit');
  if (nginx.exitCode === null && nginx.kill()) await over;
  rmSync(folder, { recursive: true, force: true });
});

const now = () => Math.floor(Date.now() / 1000);
const links = nginxLinks({ expression, client: '127.0.0.1' });
const get = async (signed: string) => {
  const { status, body } = await ask(url, signed.slice(url.length));
  return status === 200 ? body : status;
};

it('nginx takes an address that is signed for it, also one with signs that are escaped', async () => {
  expect(await get(await links.sign(`${url}/zoo/blobs/sha256:abc`, now() + 300))).toBe('a layer');
  expect(await get(await links.sign(`${url}/a%20b`, now() + 300))).toBe('blank');
});

it('nginx refuses another path, a later end, and an address whose time is over', async () => {
  const signed = await links.sign(`${url}/zoo/blobs/sha256:abc`, now() + 300);
  expect(await get(signed.replace('/zoo/blobs/sha256:abc', '/a%20b'))).toBe(403);
  expect(await get(signed.replace(/expires=\d+/, `expires=${now() + 900}`))).toBe(403);
  expect(await get(await links.sign(`${url}/zoo/blobs/sha256:abc`, now() - 10))).toBe(410);
  const other = nginxLinks({ expression: expression.replace('enigma', 'other'), client: '127.0.0.1' });
  expect(await get(await other.sign(`${url}/zoo/blobs/sha256:abc`, now() + 300))).toBe(403);
});
