import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { codeBlocks, readPage } from '../../docs/pages.js';
import { findProgram } from '../../lab/machine/packages.js';
import { freePort } from '../../registry/proxy/start-registry.js';
import { ask } from '../crane-kit.js';

/** nginx on loopback. */
export interface TestNginx {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts nginx over a folder, by the configuration of docs/object-storage.md. */
export function nginxOverFolder(folder: string): Promise<TestNginx> {
  return startNginx((port, home) => {
    const script = join(home, 'provision.js');
    writeFileSync(script, blockOf('docs/object-storage.md', 'js'));
    return blockOf('docs/object-storage.md', 'nginx')
      .replace('/etc/nginx/provision.js', script)
      .replace('listen 80;', `listen 127.0.0.1:${port};`)
      .replaceAll('/srv/images', folder);
  });
}

/** Starts nginx that gives files of `PARENT/images` by signed addresses, by the configuration of docs/publishing.md. */
export function nginxOfSignedLinks(parent: string): Promise<TestNginx> {
  const locations = blockOf('docs/publishing.md', 'nginx').replace('root /srv;', `root ${parent};`);
  return startNginx((port) => `server { listen 127.0.0.1:${port};\n${locations}}`);
}

/** Starts nginx that caches in a folder what another server has, for as long as its answers say. */
export function nginxCache(origin: string, folder: string): Promise<TestNginx> {
  return startNginx(
    (port) => `proxy_cache_path ${folder} keys_zone=images:1m;
server {
  listen 127.0.0.1:${port};
  location / {
    proxy_pass ${origin};
    proxy_cache images;
    proxy_cache_key $uri;
  }
}`,
  );
}

/** Command that tells {@link nginxCache} what changed, from docs/object-storage.md. */
export function purgeCommand(folder: string): string {
  return blockOf('docs/object-storage.md', 'sh').trim().replace('/var/cache/images', folder);
}

/** Section of a configuration that signs for {@link nginxOfSignedLinks}, from docs/publishing.md. */
export function signingSection(): string {
  const section = codeBlocks(readPage('docs/publishing.md')).find(({ code }) => code.startsWith('[nginx]'));
  if (section === undefined) throw new Error('docs/publishing.md has no section [nginx]');
  return section.code;
}

function blockOf(page: string, language: string): string {
  const block = codeBlocks(readPage(page)).find((each) => each.language === language);
  if (block === undefined) throw new Error(`${page} has no block of ${language}`);
  return block.code;
}

/** Starts it with all compression on that a server around may have. */
async function startNginx(servers: (port: number, home: string) => string): Promise<TestNginx> {
  const home = mkdtempSync(join(tmpdir(), 'publish-nginx-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  writeFileSync(
    join(home, 'nginx.conf'),
    `load_module /usr/lib/nginx/modules/ngx_http_js_module.so;
user root; daemon off; master_process off; pid ${home}/pid; error_log stderr;
events {}
http {
  access_log off;
  gzip on; gzip_types *; gzip_min_length 0; gzip_proxied any;
  client_body_temp_path ${home}; proxy_temp_path ${home}; fastcgi_temp_path ${home};
  uwsgi_temp_path ${home}; scgi_temp_path ${home};
  ${servers(port, home)}
}
`,
  );
  const args = ['-p', home, '-e', 'stderr', '-c', join(home, 'nginx.conf')];
  const nginx = spawn(findProgram('nginx') ?? 'nginx', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  await untilAnswering(nginx, url);
  return {
    url,
    close: async () => {
      const over = once(nginx, 'exit');
      if (nginx.exitCode === null && nginx.kill()) await over;
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function untilAnswering(nginx: ChildProcess, url: string): Promise<void> {
  let log = '';
  nginx.stderr?.on('data', (chunk) => {
    log += String(chunk);
  });
  for (let tries = 0; tries < 400 && nginx.exitCode === null; tries += 1) {
    const answers = await ask(url, '/').then(
      () => true,
      () => false,
    );
    if (answers) return;
    await pause(50);
  }
  throw new Error(`nginx does not answer: ${log}`);
}
