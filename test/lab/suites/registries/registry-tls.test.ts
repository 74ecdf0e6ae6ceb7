import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa, execaSync } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labHost, type Scratch, scratch } from '../../../kit/inventory.js';
import { type JsonRun, named, provision, provisionJson } from '../../../kit/provision.js';
import { takeHosts } from '../../../kit/vitest/holding.js';
import { writesDuring } from '../../../kit/watch-writes.js';
import { labUp, placeOf, resetHost, ssh } from '../../lab.js';

const [server, client] = await takeHosts(2);

const registry = `${server}:5000`;
/** By its address the machine that runs the lab reaches it. */
const fromHere = `${placeOf(server).inside}:5000`;
const tools = ['skopeo', 'podman'].filter((name) => !isInstalled(name));
if (tools.length > 0 && process.env.PROVISION_REQUIRE_LAB === '1')
  throw new Error(`not installed: ${tools.join(', ')}`);
const password = 'pass-of-the-puller';

const site = `
- hosts: ${server}
  vars:
    registry_tls: { ca: own, names: [registry.example.org] }
    registry_accounts: [{ name: puller, password: "{{default secret '${password}'}}" }]
  roles: [registry-setup]
- hosts: ${client}
  vars:
    docker_install: true
    docker_ca_certificates: [{ registry: "${registry}", from: own-ca }]
  roles: [docker-config]
  tasks:
    - ca_certificate: { system: true }
`;

/** One story, so the tests run in this order. */
describe("a registry by TLS of the run's own CA, with accounts", () => {
  let folder: Scratch;
  let args: string[];

  beforeAll(async () => {
    await labUp({ vm: false, extra: [server] });
    await resetHost(server, client);
    folder = scratch();
    const inventory = folder.inventory({ [server]: labHost(server), [client]: labHost(client) });
    args = [folder.write('site.yaml', site), '-i', inventory];
  });
  afterAll(() => folder.remove());

  const ca = (name: string) => join(folder.path, '.provision/ca', name);
  const served = async (): Promise<string> => {
    const shown = `openssl s_client -connect ${registry} -servername ${server} </dev/null 2>/dev/null`;
    return (await ssh(server, `${shown} | openssl x509 -noout -serial -enddate -pubkey`)).stdout;
  };
  const status = async (account: string) =>
    (await ssh(client, `curl -s -o /dev/null -w %{http_code} ${account} https://${registry}/v2/`)).stdout;
  /** What skopeo and podman find an authority and an account by. */
  const trust = () => ['--cert-dir', join(folder.path, 'certs'), '--authfile', join(folder.path, 'auth.json')];

  it('says in check mode what it would do, and makes no CA for that', async () => {
    const run = await provisionJson([...args, '--check']);
    expect(named(run.tasks, 'failed', 'changed')).toEqual([]);
    expect(() => statSync(ca('ca.crt'))).toThrow();
  });

  it('is set up, and the clients trust it', async () => {
    const run = await provision([...args, '-vvv', '--diff']);
    expect(run).toMatchObject({ status: 0 });
    expect(await status('')).toBe('401');
    expect(await status(`-u puller:${password}`)).toBe('200');
    expect(await status('-u puller:wrong')).toBe('401');
    expectNoSecrets(run.stdout + run.stderr);
    expect(
      (await ssh(server, 'stat -c "%a %U %G" /etc/docker/registry/tls/*.key /etc/docker/registry/*.htpasswd')).stdout,
    ).toBe('640 root docker-registry\n640 root docker-registry');
  });

  it('is left alone by the next run, which writes nothing', async () => {
    for (const host of [server, client]) {
      let run: JsonRun | undefined;
      const writes = await writesDuring(host, async () => {
        run = await provisionJson([...args, '-l', host]);
      });
      expect(named(run?.tasks ?? [], 'changed', 'kept', 'failed')).toEqual([]);
      expect(writes).toEqual([]);
    }
  });

  it('keeps the key of the CA on the controller, for its owner alone', async () => {
    expect((statSync(ca('ca.key')).mode & 0o777).toString(8)).toBe('600');
    const run = await provisionJson([...args, '-vvv', '--force']);
    expectNoSecrets(run.stdout + run.stderr);
    const [, line = ''] = readFileSync(ca('ca.key'), 'utf8').split('\n');
    const found = await ssh(
      server,
      `grep -rlF -e '${line}' /etc /var/lib/docker-registry /root /home /tmp 2>/dev/null; true`,
    );
    expect(found.stdout).toBe('');
  });

  it.each([
    ['direct', '127.0.1.1:5000', 'library/busybox:1'],
    ['target', 'upstream:5000', 'tools/probe:1.0'],
  ])('takes images of image-sync, by the executor %s', async (via, upstream, image) => {
    const sync = folder.write(
      `${via}.yaml`,
      `- hosts: ${server}
  roles: [image-sync]
  vars:
    image_sync_local: "${registry}"
    image_sync_upstream: "http://${upstream}"
    image_sync_images: ["${image}"]
    image_sync_via: ${via}
    image_sync_credentials: { "${registry}": { username: puller, password: "${password}" } }
`,
    );
    const run = await provisionJson([sync, ...args.slice(1), '-v']);
    expect(named(run.tasks, 'failed')).toEqual([]);
    const { stdout } = await ssh(client, `curl -sf -u puller:${password} https://${registry}/v2/_catalog`);
    expect(JSON.parse(stdout).repositories).toContain(image.split(':')[0]);
    expectNoSecrets(run.stdout + run.stderr);
    const again = await provisionJson([sync, ...args.slice(1)]);
    expect(named(again.tasks, 'changed', 'failed')).toEqual([]);
  });

  it('is pulled from and pushed to by docker, once logged in', async () => {
    const image = `${registry}/library/busybox:1`;
    expect((await ssh(client, `docker pull ${image}`)).stderr).toContain('no basic auth credentials');
    const wrong = await ssh(client, `docker login -u puller --password-stdin ${registry}`, { input: 'wrong' });
    expect(wrong.exitCode).not.toBe(0);
    expect(wrong.stderr).toMatch(/401|unauthorized/i);
    const right = await ssh(client, `docker login -u puller --password-stdin ${registry}`, { input: password });
    expect(right).toMatchObject({ exitCode: 0 });
    const pushed = `docker pull ${image} && docker tag ${image} ${registry}/by/docker:1 && docker push ${registry}/by/docker:1`;
    expect(await ssh(client, pushed)).toMatchObject({ exitCode: 0 });
  });

  it.skipIf(tools.includes('skopeo'))('is copied within by skopeo', async () => {
    await execa('mkdir', ['-p', join(folder.path, 'certs')]);
    writeFileSync(join(folder.path, 'certs/ca.crt'), readFileSync(ca('ca.crt')));
    await execa('skopeo', ['login', '-u', 'puller', '--password-stdin', ...trust(), fromHere], { input: password });
    const { authfile, dirs } = { authfile: trust().slice(2), dirs: join(folder.path, 'certs') };
    const copy = ['copy', '--src-cert-dir', dirs, '--dest-cert-dir', dirs, ...authfile];
    const from = `docker://${fromHere}/by/docker:1`;
    await execa('skopeo', ['--insecure-policy', ...copy, from, `docker://${fromHere}/by/skopeo:1`]);
    const strangers = execa('skopeo', ['inspect', ...authfile, from]);
    await expect(strangers).rejects.toThrow(/certificate signed by unknown authority/);
  });

  it.skipIf(tools.length > 0)('is pulled from and pushed to by podman', async () => {
    const own = ['root', 'run'].map((name) => join(folder.path, 'podman', name));
    const podman = (...words: string[]) =>
      execa('podman', ['--root', own[0] ?? '', '--runroot', own[1] ?? '', '--storage-driver', 'vfs', ...words]);
    await podman('pull', ...trust(), `${fromHere}/by/skopeo:1`);
    await podman('push', ...trust(), `${fromHere}/by/skopeo:1`, `${fromHere}/by/podman:1`);
    await podman('rmi', '--all');
    await podman('pull', ...trust(), `${fromHere}/by/podman:1`);
  });

  it('a cache fetches by TLS from where it is given the authority, and not without', async () => {
    // distribution 2.x logs in nowhere by a password: one without accounts is fetched from.
    const run = (more: object) => {
      const origin = `${client}:5004`;
      const vars = {
        registry_instances: [
          { name: 'origin', port: 5004, tls: 'own-ca' },
          { name: 'cache', port: 5005, proxy: { remoteurl: `https://${origin}`, ...more } },
        ],
        image_sync_local: origin,
        image_sync_upstream: 'http://upstream:5000',
        image_sync_images: ['library/busybox:1'],
      };
      const text = JSON.stringify([{ hosts: client, vars, roles: ['registry-setup', 'image-sync'] }]);
      return provisionJson([folder.write('cache.yaml', text), ...args.slice(1), '--force']);
    };
    const pull = async () => {
      const url = 'http://localhost:5005/v2/library/busybox/manifests/1';
      return (await ssh(client, `curl -s -o /dev/null -w %{http_code} ${url}`)).stdout;
    };
    // The host as a whole trusts the authority, by the site.
    const distrust = 'rm /usr/local/share/ca-certificates/*.crt && update-ca-certificates --fresh';
    expect(await ssh(client, distrust)).toMatchObject({ exitCode: 0 });
    expect(named((await run({ ca: 'own-ca' })).tasks, 'failed')).toEqual([]);
    expect(await pull()).toBe('200');
    expect(named((await run({ ca: 'own-ca' })).tasks, 'changed', 'kept', 'failed')).toEqual([]);
    await ssh(client, 'rm -r /var/lib/docker-registry/cache/docker');
    expect(named((await run({})).tasks, 'failed')).toEqual([`${client} registry-setup handler restart cache`]);
    expect(await pull()).toBe('000');
    expect(named((await provisionJson(args)).tasks, 'failed')).toEqual([]);
  });

  it('gets a certificate for longer before the old one ends, with the same key, and serves it', async () => {
    const lasting = (days: number) => [
      '-e',
      JSON.stringify({ registry_tls: { ca: 'own', days, renew_days: days - 1 } }),
    ];
    await ssh(server, 'rm /etc/docker/registry/tls/registry.crt');
    const short = await provisionJson([...args, '-l', server, ...lasting(12)]);
    expect(named(short.tasks, 'failed')).toEqual([]);
    const before = await served();
    expect(before).toContain('BEGIN PUBLIC KEY');
    const check = await provisionJson([...args, '-l', server, '--check']);
    expect(named(check.tasks, 'would-change')).toEqual(
      expect.arrayContaining([expect.stringContaining('certificate')]),
    );
    const run = await provisionJson([...args, '-l', server]);
    expect(run.tasks.find(({ task }) => task.startsWith('certificate'))?.summary).toBe(
      'renewed: name registry.example.org missing, expires in 11 days',
    );
    expect(named(run.tasks, 'changed')).toEqual(expect.arrayContaining([expect.stringContaining('handler restart')]));
    const after = await served();
    expect(after.slice(after.indexOf('-----'))).toBe(before.slice(before.indexOf('-----')));
    expect(after.split('\n')[0]).not.toBe(before.split('\n')[0]);
    const again = await provisionJson([...args, '-l', server]);
    expect(named(again.tasks, 'changed', 'failed')).toEqual([]);
  });

  it('lets an account in by its new password alone', async () => {
    const run = await provisionJson([...args, '-l', server, '-e', 'secret=another-password']);
    expect(named(run.tasks, 'failed')).toEqual([]);
    expect(await status(`-u puller:${password}`)).toBe('401');
    expect(await status('-u puller:another-password')).toBe('200');
  });

  function expectNoSecrets(text: string): void {
    const key = readFileSync(ca('ca.key'), 'utf8').split('\n')[1] ?? '';
    for (const secret of [password, key, 'PRIVATE KEY', '$2b$']) expect(text).not.toContain(secret);
  }
});

/** Both come with the packages that the suites of registries install. */
function isInstalled(program: string): boolean {
  return execaSync(program, ['--version'], { reject: false }).exitCode === 0;
}
