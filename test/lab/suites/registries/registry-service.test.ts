import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labHost, type Scratch, scratch } from '../../../kit/inventory.js';
import { named, provisionJson } from '../../../kit/provision.js';
import { takeHosts } from '../../../kit/vitest/holding.js';
import { container, labUp, placeOf, resetHost, ssh } from '../../lab.js';
import { serviceOnPostgres } from './service-on-postgres.js';

const [service, server, client] = await takeHosts(3);

const archive = fileURLToPath(new URL('../../.state/registry2.tar', import.meta.url));
const password = 'canary-password-of-anna';
/** Registries of one host, each by another runtime, and each by a name of its own in the service. */
const kinds = ['package', 'embedded', 'docker', 'podman'] as const;
const registries = kinds.map((runtime, index) => ({ runtime, port: 5000 + index, host: `${server}:${5000 + index}` }));
/** Containers of the hosts ask another resolver, which knows no name of the lab. */
const url = `https://${placeOf(service).inside}:8443`;

const servicePlay = `- hosts: ${service}
  vars:
    registry_service_url: ${url}
    registry_service_admin: { name: anna, password: "{{default secret '${password}'}}" }
    registry_service_registries:
${registries.map(({ runtime, host }) => `      - { name: ${server}-${runtime}, host: "${host}", ca: own-ca }`).join('\n')}
    registry_service_settings: { reconcile_every: 86400 }
  roles: [registry-service]
`;

const registryPlay = `- hosts: ${server}
  vars:
    docker_install: true
    registry_tls: own-ca
    registry_image_archive: ${archive}
    registry_auth: { service: { host: ${service}, ca: own-ca } }
    registry_instances:
${registries.map(({ runtime, port }) => `      - { name: ${runtime}, port: ${port}, runtime: ${runtime}, delete_enabled: true }`).join('\n')}
  roles: [docker-config, registry-setup]
`;

const clientPlay = `- hosts: ${client}
  vars:
    docker_install: true
    podman_install: true
    docker_insecure_registries: ["upstream:5000"]
    docker_ca_certificates:
${registries.map(({ host }) => `      - { registry: "${host}", from: own-ca }`).join('\n')}
    docker_auths:
${registries.map(({ host }) => `      - { registry: "${host}", username: team+ci, password: "{{robot}}" }`).join('\n')}
    podman_auths:
${registries.map(({ host }) => `      - { registry: "${host}", username: team+ci, password: "{{robot}}" }`).join('\n')}
  roles: [docker-config, podman-config]
`;

/** One story, so the tests run in this order. */
describe('the service on a host, and registries that trust it', () => {
  let folder: Scratch;
  let robot = '';

  beforeAll(async () => {
    await labUp({ vm: false, extra: [service, server, client] });
    await resetHost(service, server, client);
    folder = scratch();
    // Debian 12 has an older Node: the hosts get the one that runs these tests.
    for (const host of [service, server])
      await execa('docker', ['cp', process.execPath, `${container(host)}:/usr/local/bin/node`]);
    const storage =
      '[storage]\ndriver = "vfs"\nrunroot = "/run/containers/storage"\ngraphroot = "/var/lib/containers/storage"\n';
    for (const host of [server, client])
      await ssh(host, 'mkdir -p /etc/containers && cat > /etc/containers/storage.conf', { input: storage });
  });
  afterAll(() => folder?.remove());

  const run = (text: string, ...options: string[]) => {
    const hosts = Object.fromEntries([service, server, client].map((host) => [host, labHost(host)]));
    return provisionJson([folder.write('site.yaml', text), '-i', folder.inventory(hosts), ...options]);
  };
  const api = async (method: string, path: string, body?: unknown) => {
    const said = await ssh(
      service,
      `curl -s --cacert /etc/provision-service/tls/ca.crt -u anna:${password} -X ${method} ${url}${path} ${body === undefined ? '' : `-H 'Content-Type: application/json' -d @-`}`,
      { input: body === undefined ? '' : JSON.stringify(body) },
    );
    return JSON.parse(said.stdout || 'null');
  };

  it('says in check mode on bare hosts what it would do, and what is not known yet', async () => {
    const { tasks, status } = await run(servicePlay + registryPlay, '--check');
    expect(named(tasks, 'failed', 'changed')).toEqual([]);
    expect(status).toBe(0);
    expect(named(tasks, 'unknown').join('\n')).toContain('the service that package trusts');
    expect((await ssh(service, 'ls /opt /etc/provision-service')).stdout).not.toContain('provision');
  });

  it('says which Node it needs before anything is changed', async () => {
    await ssh(service, 'mv /usr/local/bin/node /usr/local/bin/node-kept');
    const { tasks, stdout } = await run(servicePlay);
    expect(named(tasks, 'failed', 'changed')).toEqual([expect.stringMatching(/ the program of the service$/)]);
    expect(stdout).toContain('provision needs Node 20.19 or newer, and the host has no Node');
    await ssh(service, 'mv /usr/local/bin/node-kept /usr/local/bin/node');
  });

  it('goes from bare to a service that runs as its own user, hardened, with its secrets for it alone', async () => {
    const first = await run(servicePlay);
    expect(named(first.tasks, 'failed', 'kept')).toEqual([]);
    const unit = 'systemctl show -p ActiveState -p User -p ProtectSystem -p NoNewPrivileges provision-service';
    expect((await ssh(service, unit)).stdout.split('\n').sort()).toEqual([
      'ActiveState=active',
      'NoNewPrivileges=yes',
      'ProtectSystem=strict',
      'User=provision',
    ]);
    const modes =
      "stat -c '%a %U %n' /etc/provision-service/service.yaml /etc/provision-service/first-account /etc/provision-service/tls/service.key /var/lib/provision-service /var/lib/provision-service/*";
    expect((await ssh(service, modes)).stdout).toMatch(
      /^600 provision \S+service.yaml\n600 provision \S+first-account\n640 root \S+service.key\n700 provision \S+\n600 provision \S+instance\n600 provision \S+key\n600 provision \S+service.db\n/,
    );
    const words =
      "tr '\\0' ' ' </proc/$(systemctl show -p MainPID --value provision-service)/cmdline; echo; grep -r canary /etc/provision-service /var/lib/provision-service; journalctl --no-pager | grep -c -e canary -e --token";
    expect((await ssh(service, words)).stdout).toMatch(/^\S+node (?!.*canary).* --config \S+service.yaml ?\n0$/);
    expect(await api('GET', '/api/v1/users')).toMatchObject({ items: [{ name: 'anna' }] });
  });

  it('changes nothing a second time', async () => {
    const second = await run(servicePlay);
    expect(named(second.tasks, 'changed', 'failed', 'kept')).toEqual([]);
    const check = await run(servicePlay, '--check', '--diff');
    expect(named(check.tasks, 'would-change', 'failed', 'kept')).toEqual([]);
  });

  it('is trusted by registries of four runtimes, each by a name of its own, and again nothing changes', async () => {
    const first = await run(registryPlay);
    expect(named(first.tasks, 'failed', 'kept')).toEqual([]);
    expect(first.stdout).not.toContain('Bearer');
    for (const { runtime, host } of registries) {
      const head = await ssh(
        server,
        `curl -s -D - -o /dev/null --cacert /etc/docker/certs.d/${host}/ca.crt https://${host}/v2/`,
      );
      expect(head.stdout.toLowerCase()).toContain(`bearer realm="${url}/token",service="${server}-${runtime}"`);
    }
    const second = await run(registryPlay);
    expect(named(second.tasks, 'changed', 'failed', 'kept')).toEqual([]);
  });

  it('lets a robot log in from a client, push and pull, by docker and podman, and nobody without an account', async () => {
    await api('POST', '/api/v1/robots', { name: 'team+ci', description: 'builds' });
    const subject = { kind: 'account', name: 'team+ci' };
    await api('POST', '/api/v1/grants', { subject, path: 'team/', role: 'maintainer' });
    robot = (await api('POST', `/api/v1/robots/${encodeURIComponent('team+ci')}/tokens`, { label: 'lab' })).secret;
    expect(robot).toMatch(/.{20}/);
    const first = await run(clientPlay, '-e', JSON.stringify({ robot }));
    expect(named(first.tasks, 'failed', 'kept')).toEqual([]);
    expect((await ssh(client, 'docker pull -q upstream:5000/library/busybox:1')).exitCode).toBe(0);
    for (const { host } of registries) {
      const image = `${host}/team/box:1`;
      const push = `docker tag upstream:5000/library/busybox:1 ${image} && docker push -q ${image} && docker rmi ${image} && docker pull -q ${image}`;
      expect([host, await ssh(client, push)]).toMatchObject([host, { exitCode: 0 }]);
      const copy = `podman pull -q ${image} && podman tag ${image} ${host}/team/box:2 && podman push -q ${host}/team/box:2`;
      expect([host, await ssh(client, copy)]).toMatchObject([host, { exitCode: 0 }]);
      const foreign = await ssh(
        client,
        `docker tag ${image} ${host}/other/box:1 && docker push -q ${host}/other/box:1`,
      );
      expect(foreign.stderr).toMatch(/denied|unauthorized/);
      const anonymous = await ssh(client, `docker --config /tmp/nobody pull -q ${image}`);
      expect(anonymous.stderr).toMatch(/denied|unauthorized/);
    }
    const second = await run(clientPlay, '-e', JSON.stringify({ robot }));
    expect(named(second.tasks, 'changed', 'failed', 'kept')).toEqual([]);
  });

  it('has heard of each push by https, long before it would look itself', async () => {
    for (const { runtime } of registries) {
      const path = `/api/v1/registries/${server}-${runtime}/repositories/${encodeURIComponent('team/box')}/tags`;
      await expect
        .poll(async () => (await api('GET', path)).items?.map(({ name }: { name: string }) => name).sort(), {
          timeout: 60_000,
          interval: 2000,
        })
        .toEqual(['1', '2']);
    }
  });

  it('is backed up by its timer, and the copy opens in another place', async () => {
    expect((await ssh(service, 'systemctl start provision-service-backup.service')).exitCode).toBe(0);
    const restore = `copy=$(ls -d /var/backups/provision-service/service-*) && stat -c '%a %U' "$copy" && cp -r "$copy" /tmp/restored
/opt/provision/bin/provision serve --state /tmp/restored --no-registry --listen 127.0.0.1:9090 >/dev/null 2>&1 &
until curl -sf http://127.0.0.1:9090/readyz >/dev/null; do kill -0 $! || exit 1; sleep 0.5; done
curl -s -u anna:${password} http://127.0.0.1:9090/api/v1/robots; kill $!`;
    const { stdout } = await ssh(service, restore);
    expect(stdout).toMatch(/^700 provision\n/);
    expect(stdout).toContain('"name":"team+ci"');
  });

  it('is asked by its API as well: what a registry is given is the same', async () => {
    const { secret } = await api('POST', '/api/v1/tokens', { label: 'provision', api: 'read' });
    const text = registryPlay.replace(
      `{ host: ${service}, ca: own-ca }`,
      `{ url: "${url}", ca: own-ca, token: "{{default secret '${secret}'}}" }`,
    );
    const { tasks, stdout } = await run(text, '--check');
    expect(named(tasks, 'would-change', 'failed', 'kept')).toEqual([]);
    expect(stdout).not.toContain(secret);
  });

  it('is removed with its secrets, and its accounts are there when it comes again', async () => {
    const gone = await run(servicePlay, '-e', 'registry_service_state=absent');
    expect(named(gone.tasks, 'failed')).toEqual([]);
    const left =
      'ls -d /etc/provision-service /opt/provision /etc/systemd/system/provision-service*; ls /var/lib/provision-service';
    expect((await ssh(service, left)).stdout.split('\n')).toContain('service.db');
    expect((await ssh(service, left)).stdout).not.toContain('/opt/provision');
    expect(named((await run(servicePlay)).tasks, 'failed', 'kept')).toEqual([]);
    expect(await api('GET', '/api/v1/robots')).toMatchObject({ items: [{ name: 'team+ci' }] });
  });
});

describe('the service on PostgreSQL', serviceOnPostgres(client));
