import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hash } from 'bcryptjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRegistry } from '../../../src/registry/client/open.js';
import { type RegistryServer, serveRegistry } from '../../../src/registry/server/serve.js';
import { installed } from '../proxy/start-registry.js';
import { AccountRepository } from './account-repository.js';

const run = promisify(execFile);
const skopeo = (...words: readonly string[]) => run('skopeo', ['--insecure-policy', ...words]);

let home: string;
let server: RegistryServer;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'provision-clients-'));
  const htpasswd = join(home, 'htpasswd');
  const access = join(home, 'access.yml');
  await writeFile(htpasswd, `ci:${await hash('s3cret', 4)}\n`);
  await writeFile(
    access,
    '- {accounts: anonymous, repositories: public/, rights: [pull]}\n- {accounts: ci, repositories: "**", rights: [pull, push, delete]}\n',
  );
  server = await serveRegistry({
    dir: join(home, 'storage'),
    htpasswd,
    access,
    delete: true,
    immutableTags: (name, tag) => `${name}:${tag}` === 'public/app:fixed',
  });
  await new AccountRepository(server.url, 'public/app', 'ci').pushPullable('fixed');
  for (const name of ['public/app', 'private/app'])
    await new AccountRepository(server.url, name, 'ci').pushPullable('1');
});
afterAll(async () => {
  await server.close(0);
  await rm(home, { recursive: true });
});

/** Fails with what the client printed. */
const words = async (work: Promise<{ stdout: string }>) =>
  await work.then(({ stdout }) => stdout).catch((error: { stderr: string }) => error.stderr);

describe.skipIf(!installed('skopeo'))('skopeo (where it is installed)', () => {
  const inspect = (name: string, ...more: readonly string[]) =>
    words(
      skopeo(
        'inspect',
        '--tls-verify=false',
        '--authfile',
        join(home, 'none'),
        ...more,
        `docker://${server.host}/${name}:1`,
      ),
    );

  test('pulls without an account where that is allowed, and logs in for the rest', async () => {
    expect(await inspect('public/app')).toContain('"RepoTags"');
    expect(await inspect('private/app')).toMatch(/unauthorized|authentication required/);
    expect(await inspect('private/app', '--creds', 'ci:s3cret')).toContain('"RepoTags"');
    expect(await inspect('private/app', '--creds', 'ci:wrong')).toMatch(/unauthorized|invalid username/);
    const copy = (to: string, ...more: readonly string[]) =>
      words(
        skopeo(
          'copy',
          '--src-tls-verify=false',
          '--dest-tls-verify=false',
          '--authfile',
          join(home, 'none'),
          ...more,
          `docker://${server.host}/public/app:1`,
          `docker://${server.host}/${to}`,
        ),
      );
    expect(await copy('public/app:2')).toMatch(/unauthorized|authentication required/);
    expect(await copy('public/app:2', '--dest-creds', 'ci:s3cret')).not.toMatch(/unauthorized/);
  });
});

describe.skipIf(!hasDocker())('docker (where its engine runs)', () => {
  const docker = (...words: readonly string[]) => run('docker', ['--config', join(home, 'docker'), ...words]);

  test('pulls without an account where that is allowed, logs in, and pushes', async () => {
    const image = (name: string) => `${server.host}/${name}`;
    const public1 = image('public/app:1');
    try {
      expect(await words(docker('pull', image('private/app:1')))).toMatch(/unauthorized|denied/);
      expect(await words(docker('pull', public1))).toContain(`Downloaded newer image for ${public1}`);
      await docker('tag', public1, image('public/app:2'));
      expect(await words(docker('push', image('public/app:2')))).toMatch(/unauthorized|denied/);
      expect(await words(docker('login', '-u', 'ci', '-p', 'wrong', server.host))).toMatch(/unauthorized/);
      expect(await words(docker('login', '-u', 'ci', '-p', 's3cret', server.host))).toContain('Login Succeeded');
      expect(await words(docker('push', image('public/app:2')))).toContain('2: digest: sha256:');
      expect(await words(docker('pull', image('private/app:1')))).toContain('Downloaded newer image');
      await docker('tag', public1, image('public/app:fixed'));
      expect(await words(docker('push', image('public/app:fixed')))).toContain(
        'denied: the tag fixed of public/app is immutable: it can not be moved',
      );
    } finally {
      await words(docker('rmi', ...['public/app:1', 'public/app:2', 'public/app:fixed', 'private/app:1'].map(image)));
    }
  });
});

describe("this tool's own client", () => {
  const registry = (password?: string) =>
    openRegistry({
      host: server.host,
      credentials: async () => (password === undefined ? undefined : { username: 'ci', password }),
    });

  test('pulls without an account where that is allowed, and with one everywhere', async () => {
    expect((await registry().head('public/app', '1'))?.digest).toMatch(/^sha256:/);
    expect(await registry().repositories()).toEqual(['public/app']);
    await expect(registry().head('private/app', '1')).rejects.toMatchObject({ kind: 'unauthorized' });
    expect((await registry('s3cret').head('private/app', '1'))?.digest).toMatch(/^sha256:/);
    expect(await registry('s3cret').repositories()).toEqual(['private/app', 'public/app']);
    await expect(registry('wrong').head('private/app', '1')).rejects.toMatchObject({ kind: 'unauthorized' });
  });
});

function hasDocker(): boolean {
  try {
    execFileSync('docker', ['info'], { stdio: 'ignore' });
    return true;
  } catch {
    return false; // No engine, or it doesn't run.
  }
}
