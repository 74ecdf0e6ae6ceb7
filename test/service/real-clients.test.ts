import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveRegistry } from '../../src/registry/server/serve.js';
import { dockerRegistry } from '../registry/docker-registry.js';
import { ImageSetMaker } from '../registry/proxy/image-set.js';
import { populate } from '../registry/proxy/populate.js';
import { freePort } from '../registry/proxy/start-registry.js';
import { type TestService, testService } from './service-kit.js';

/*
 * The clients that people use, against the token server: with the embedded registry beside it, and with Debian's docker-registry
 * (2.8), which verifies the tokens by itself.
 */

const bob = ['bob', 'hunter2 hunter2'] as const;
const containerd = ['/run/docker/containerd/containerd.sock', '/run/containerd/containerd.sock'].find((path) =>
  existsSync(path),
);

describe.each(['embedded', 'docker-registry'] as const)('clients of a registry that trusts the service: %s', (kind) => {
  let service: TestService;
  let host: string;
  let home: string;
  let other: { stop(): Promise<unknown> } | undefined;
  const skopeo = (...args: string[]) =>
    execa('skopeo', ['--override-arch', 'amd64', ...args], { reject: false, env: { HOME: home } });
  const podman = (...args: string[]) =>
    execa(
      'podman',
      ['--root', join(home, 'root'), '--runroot', join(home, 'run'), '--storage-driver', 'vfs', ...args],
      {
        reject: false,
        env: { REGISTRY_AUTH_FILE: join(home, 'podman.json') },
      },
    );
  const docker = (...args: string[]) => execa('docker', ['--config', join(home, 'docker'), ...args], { reject: false });
  const plain = '--dest-tls-verify=false';

  beforeAll(async () => {
    if (kind === 'embedded') {
      service = await testService({ log: true });
      host = service.registry ?? '';
    } else {
      host = `127.0.0.1:${await freePort()}`;
      service = await testService({
        registry: false,
        registries: [{ name: 'prod', host, read_only: false }],
        log: true,
      });
    }
    home = join(service.folder, 'home');
    await mkdir(home);
    if (kind === 'docker-registry') other = await startDistribution();
    await service.send('POST /api/v1/users', { name: 'bob', password: bob[1] });
    await service.send('POST /api/v1/users', { name: 'carl', password: 'carls long word' });
    const set = new ImageSetMaker();
    set.tag('made/here', '1', set.image('made/here', [set.layer('one', 5000), set.layer('two', 9000)], { seed: kind }));
    const source = await serveRegistry({ dir: join(service.folder, 'source') });
    await populate(source.url, set);
    const copied = await skopeo(
      'copy',
      '--src-tls-verify=false',
      `docker://${source.host}/made/here:1`,
      `dir:${home}/image`,
    );
    await source.close();
    expect(copied.exitCode, copied.stderr).toBe(0);
  });
  afterAll(async () => {
    await docker('image', 'rm', '-f', `${host}/bob/app:1`, `${host}/bob/docker:1`);
    await podman('system', 'reset', '--force');
    await other?.stop();
    await service.close();
  });

  async function startDistribution(): Promise<{ stop(): Promise<unknown> }> {
    const { body } = await service.send('GET /api/v1/token-server', undefined, null);
    const rootcertbundle = join(home, 'bundle.pem');
    await writeFile(rootcertbundle, body.rootcertbundle);
    const token = { realm: body.realm, issuer: body.issuer, service: 'prod', rootcertbundle };
    return await dockerRegistry(join(service.folder, 'distribution'), { token, host });
  }

  it('skopeo pushes, lists, reads and deletes what its account may, and nothing else', async () => {
    const creds = `${bob[0]}:${bob[1]}`;
    const pushed = await skopeo(
      'copy',
      plain,
      '--dest-creds',
      creds,
      `dir:${home}/image`,
      `docker://${host}/bob/app:1`,
    );
    expect(pushed.exitCode, pushed.stderr).toBe(0);
    expect(
      (await skopeo('list-tags', '--tls-verify=false', '--creds', creds, `docker://${host}/bob/app`)).stdout,
    ).toContain('"1"');
    const foreign = await skopeo(
      'copy',
      plain,
      '--dest-creds',
      creds,
      `dir:${home}/image`,
      `docker://${host}/carl/app:1`,
    );
    expect([foreign.exitCode, foreign.stderr]).toEqual([1, expect.stringMatching(/denied|unauthorized/)]);
    const wrong = await skopeo('list-tags', '--tls-verify=false', '--creds', 'bob:wrong', `docker://${host}/bob/app`);
    expect(wrong.stderr).toContain('invalid username/password');
    const carl = await skopeo(
      'inspect',
      '--tls-verify=false',
      '--creds',
      'carl:carls long word',
      `docker://${host}/bob/app:1`,
    );
    expect(carl.exitCode).toBe(1);
    await skopeo('copy', plain, '--dest-creds', creds, `dir:${home}/image`, `docker://${host}/bob/app:doomed`);
    await skopeo('copy', plain, '--dest-creds', creds, `dir:${home}/image`, `docker://${host}/bob/doomed:1`);
    const deleted = await skopeo('delete', '--tls-verify=false', '--creds', creds, `docker://${host}/bob/doomed:1`);
    expect(deleted.exitCode, deleted.stderr).toBe(0);
  });

  it('skopeo mounts from a repository that its account may pull', async () => {
    const creds = `${bob[0]}:${bob[1]}`;
    const copied = await skopeo(
      'copy',
      '--src-tls-verify=false',
      plain,
      '--src-creds',
      creds,
      '--dest-creds',
      creds,
      `docker://${host}/bob/app:1`,
      `docker://${host}/bob/copy:1`,
    );
    expect(copied.exitCode, copied.stderr).toBe(0);
  });

  it('everybody pulls what is public, without an account', async () => {
    await service.send('PUT /api/v1/visibilities', { path: 'bob/app', visibility: 'public' }, bob);
    const read = await skopeo('inspect', '--tls-verify=false', '--no-creds', `docker://${host}/bob/app:1`);
    expect(read.exitCode, read.stderr).toBe(0);
    const push = await skopeo('copy', plain, '--dest-no-creds', `dir:${home}/image`, `docker://${host}/bob/app:2`);
    expect(push.exitCode).toBe(1);
    await service.send('PUT /api/v1/visibilities', { path: 'bob/app', visibility: null }, bob);
    await expect
      .poll(
        async () =>
          (await skopeo('inspect', '--tls-verify=false', '--no-creds', `docker://${host}/bob/app:1`)).exitCode,
      )
      .toBe(1);
  });

  it('a robot pulls by its access token, narrowed to one repository', async () => {
    await service.send('POST /api/v1/robots', { name: 'bob+ci' }, bob);
    await service.send(
      'POST /api/v1/grants',
      { subject: { kind: 'account', name: 'bob+ci' }, path: 'bob/', role: 'puller' },
      bob,
    );
    const { body } = await service.send(
      'POST /api/v1/robots/bob+ci/tokens',
      { label: 'pull', repositories: [{ path: 'bob/app', actions: ['pull'] }] },
      bob,
    );
    const read = (name: string) =>
      skopeo('inspect', '--tls-verify=false', '--creds', `bob+ci:${body.secret}`, `docker://${host}/${name}:1`);
    expect([(await read('bob/app')).exitCode, (await read('bob/copy')).exitCode]).toEqual([0, 1]);
  });

  it('podman logs in, pulls and pushes', async () => {
    const login = await execa('podman', ['login', '--tls-verify=false', '-u', bob[0], '--password-stdin', host], {
      input: bob[1],
      reject: false,
      env: { REGISTRY_AUTH_FILE: join(home, 'podman.json') },
    });
    expect(login.stdout, login.stderr).toContain('Login Succeeded');
    const pulled = await podman('pull', '--tls-verify=false', `${host}/bob/app:1`);
    expect(pulled.exitCode, pulled.stderr).toBe(0);
    const pushed = await podman('push', '--tls-verify=false', `${host}/bob/app:1`, `${host}/bob/podman:1`);
    expect(pushed.exitCode, pushed.stderr).toBe(0);
    const denied = await podman('push', '--tls-verify=false', `${host}/bob/app:1`, `${host}/carl/podman:1`);
    expect(denied.exitCode).not.toBe(0);
  });

  it.runIf(hasDocker())(
    'docker logs in with a refresh token in place of the password, pulls and pushes (docker)',
    async () => {
      const login = await execa(
        'docker',
        ['--config', join(home, 'docker'), 'login', '-u', bob[0], '--password-stdin', host],
        { input: bob[1], reject: false },
      );
      expect(login.stdout, login.stderr).toContain('Login Succeeded');
      const config = JSON.parse(await readFile(join(home, 'docker/config.json'), 'utf8')).auths[host];
      expect(config).toEqual({
        auth: Buffer.from('bob:').toString('base64'),
        identitytoken: expect.stringMatching(/^prl_/),
      });
      const pulled = await docker('pull', `${host}/bob/app:1`);
      expect(pulled.exitCode, pulled.stderr).toBe(0);
      await docker('tag', `${host}/bob/app:1`, `${host}/bob/docker:1`);
      const pushed = await docker('push', `${host}/bob/docker:1`);
      expect(pushed.exitCode, pushed.stderr).toBe(0);
      const wrong = await execa(
        'docker',
        ['--config', join(home, 'other'), 'login', '-u', bob[0], '--password-stdin', host],
        { input: 'wrong', reject: false },
      );
      expect(wrong.stderr).toContain('unauthorized: the name or the password is wrong');
    },
  );

  it.runIf(hasDocker())('what docker keeps ends with a word to the service (docker)', async () => {
    const { body } = await service.send('GET /api/v1/logins', undefined, bob);
    const ids = body.items
      .filter((each: { client: string }) => each.client === 'docker')
      .map(({ id }: { id: string }) => id);
    expect(ids.length).toBeGreaterThan(0);
    for (const id of ids) await service.send(`DELETE /api/v1/logins/${id}`, undefined, bob);
    await docker('image', 'rm', '-f', `${host}/bob/app:1`);
    const pulled = await docker('pull', `${host}/bob/app:1`);
    expect([pulled.exitCode, pulled.stderr]).toEqual([1, expect.stringMatching(/denied|unauthorized/)]);
  });

  it.runIf(containerd !== undefined)('containerd posts its password and pulls (ctr)', async () => {
    const ctr = (...args: string[]) =>
      execa('ctr', ['-a', containerd ?? '', '-n', `test-${process.pid}`, ...args], { reject: false });
    const pulled = await ctr('images', 'pull', '--plain-http', '--user', bob.join(':'), `${host}/bob/app:1`);
    expect(pulled.exitCode, pulled.stderr).toBe(0);
    const wrong = await ctr('images', 'pull', '--plain-http', '--user', 'bob:wrong again', `${host}/bob/app:1`);
    expect(wrong.exitCode).not.toBe(0);
    await ctr('images', 'push', '--plain-http', '--user', bob.join(':'), `${host}/bob/ctr:1`, `${host}/bob/app:1`);
    await ctr('images', 'rm', '--sync', `${host}/bob/app:1`);
    await execa('ctr', ['-a', containerd ?? '', 'namespaces', 'rm', `test-${process.pid}`], { reject: false });
    const { body } = await service.send('GET /api/v1/audit?verb=login&actor=bob&limit=200');
    const guesses = body.items.filter(
      (each: { outcome: string; detail: { client: string } }) =>
        each.outcome === 'refused' && each.detail.client === 'containerd-client',
    );
    expect(guesses).toHaveLength(1);
  });

  it('goes on while keys change, without a restart of the registry', async () => {
    const creds = `${bob[0]}:${bob[1]}`;
    const read = async () =>
      (await skopeo('inspect', '--tls-verify=false', '--creds', creds, `docker://${host}/bob/app:1`)).exitCode;
    const statuses: unknown[] = [];
    for (let count = 0; count < 3; count += 1) {
      statuses.push((await service.send('POST /api/v1/token-server/rotate')).status, await read());
    }
    expect(statuses).toEqual([204, 0, 204, 0, 204, 0]);
  });

  it('writes no password or token into its log', async () => {
    const text = service.log.join('');
    expect(text).toContain('repository:bob/app:pull');
    expect(text).not.toMatch(/hunter2|prl_|prv_|eyJ/);
    await rm(join(home, 'image'), { recursive: true });
  });
});

function hasDocker(): boolean {
  return existsSync('/var/run/docker.sock');
}
