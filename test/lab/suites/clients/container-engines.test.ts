import bcrypt from 'bcryptjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labHost, type Scratch, scratch } from '../../../kit/inventory.js';
import { type JsonRun, named, provisionJson } from '../../../kit/provision.js';
import { takeHosts } from '../../../kit/vitest/holding.js';
import { writesDuring } from '../../../kit/watch-writes.js';
import { labUp, resetHost, ssh } from '../../lab.js';

const [client, server] = await takeHosts(2);

const password = 'pass-of-the-clients';
const image = `${server}:5000/library/busybox:1`;
/** A registry that is nowhere but in the mirrors of the clients. */
const mirrored = 'nowhere.example:5000/library/busybox:1';

const roles = (ca: string) => `
- hosts: ${client}
  vars:
    docker_install: true
    docker_insecure_registries: ["upstream:5000"]
    docker_ca_certificates: &ca [{ registry: "${server}:5000", src: "${ca}" }]
    docker_auths: &auths [{ registry: "${server}:5000", username: puller, password: "${password}" }]
    docker_proof_image: "${image}"
    podman_install: true
    podman_packages: [podman, uidmap, slirp4netns, fuse-overlayfs]
    podman_registries: &registries
      - { registry: "upstream:5000", insecure: true }
      - { registry: "nowhere.example:5000", mirrors: [{ registry: "upstream:5000", insecure: true }] }
    podman_search_registries: ["upstream:5000"]
    podman_short_name_mode: disabled
    podman_users: [dev]
    podman_ca_certificates: *ca
    podman_auths: *auths
    podman_proof_image: "${image}"
    containerd_registries: *registries
    containerd_ca_certificates: *ca
    containerd_auths: *auths
    containerd_proof_image: "${image}"
  roles: [docker-config, podman-config, containerd-config]
`;

/** One story, so the tests run in this order. */
describe('container engines as clients of registries', () => {
  let folder: Scratch;
  let args: string[];

  beforeAll(async () => {
    await labUp({ vm: false, extra: [client, server] });
    await resetHost(client, server);
    folder = scratch();
    const ca = await serveByTls();
    args = [
      folder.write('site.yaml', roles(folder.write('ca.crt', ca))),
      '-i',
      folder.inventory({ [client]: labHost(client) }),
    ];
    await on(client, 'useradd -m -s /bin/bash dev');
  }, 300_000);
  afterAll(() => folder.remove());

  const run = (...more: string[]): Promise<JsonRun> => provisionJson([...args, ...more]);
  const changes = async (...more: string[]): Promise<string[]> => {
    const { tasks, stderr } = await run(...more);
    expect(tasks.length, stderr).toBeGreaterThan(0);
    return tasks
      .filter(({ outcome }) => outcome !== 'ok')
      .map(({ outcome, task, summary }) => `${outcome}: ${task}: ${summary}`.replaceAll(server, 'SERVER'));
  };

  it('says in check mode what it would do', async () => {
    const { tasks } = await run('--check');
    expect(named(tasks, 'failed', 'changed')).toEqual([]);
    expect((await ssh(client, 'ls /etc/containers /etc/containerd 2>&1 | head -3')).stdout).toContain('cannot access');
  });

  it('are configured, and pull by TLS and with an account as they are asked to', async () => {
    const made = await run('--diff', '-vvv');
    expect(named(made.tasks, 'failed', 'kept'), JSON.stringify(made.tasks.at(-1))).toEqual([]);
    expect(made.stdout + made.stderr).not.toContain(password);
    expect(made.stdout + made.stderr).not.toContain(Buffer.from(`puller:${password}`).toString('base64'));
    const pulls = made.tasks.filter(({ task }) => task.includes(' pulls '));
    expect(pulls.filter(({ outcome }) => outcome === 'changed').length).toBeGreaterThanOrEqual(4);
  }, 600_000);

  it('are left alone by the next run', async () => {
    let second: JsonRun | undefined;
    const writes = await writesDuring(client, async () => {
      second = await run();
    });
    expect(named(second?.tasks ?? [], 'changed', 'kept', 'failed')).toEqual([]);
    expect(writes).toEqual([]);
    expect(named((await run('--check')).tasks, 'would-change', 'unknown', 'failed')).toEqual([]);
  });

  it('pull from a registry without TLS, and from the mirror of one that is not there', async () => {
    await on(client, 'docker pull -q upstream:5000/tools/probe:1.0');
    for (const name of ['upstream:5000/library/busybox:1', mirrored, 'library/busybox:1']) {
      await on(client, `podman pull -q ${name}`);
      await on(client, `cd / && su dev -c 'podman pull -q ${name}'`);
    }
    for (const name of ['upstream:5000/library/busybox:1', mirrored]) {
      await on(client, `ctr images pull --hosts-dir /etc/containerd/certs.d ${name}`);
    }
    await on(
      client,
      'skopeo --version >/dev/null 2>&1 || exit 0; skopeo inspect docker://upstream:5000/library/busybox:1',
    );
  });

  it('keep what others changed, and are corrected with force', async () => {
    const drift = `sed -i 's/^insecure = true/insecure = false/' /etc/containers/registries.conf.d/90-provision.conf
      sed -i 's/"http:/"https:/' /etc/containerd/certs.d/upstream:5000/hosts.toml
      sed -i 's#/etc/containerd/certs.d#/srv/certs.d#' /etc/containerd/config.toml`;
    await on(client, drift);
    const kept = await changes();
    expect(kept.map((line) => line.replace(/\(.*/, ''))).toMatchInlineSnapshot(`
      [
        "kept: registries_conf /etc/containers/registries.conf.d/90-provision.conf: exists and differs ",
        "kept: containerd_config /etc/containerd/config.toml: exists and differs ",
        "kept: hosts_toml /etc/containerd/certs.d/upstream:5000/hosts.toml: exists and differs ",
      ]
    `);
    const pid = await on(client, 'systemctl show -p MainPID --value containerd');
    const corrected = await changes('--force');
    expect(corrected.map((line) => line.replace(/\(.*/, ''))).toMatchInlineSnapshot(`
      [
        "changed: registries_conf /etc/containers/registries.conf.d/90-provision.conf: replaced upstream:5000, nowhere.example:5000",
        "changed: podman pulls SERVER:5000/library/busybox:1, for what has changed: pulled again",
        "changed: containerd_config /etc/containerd/config.toml: config_path /srv/certs.d -> /etc/containerd/certs.d",
        "changed: hosts_toml /etc/containerd/certs.d/upstream:5000/hosts.toml: content replaced ",
        "changed: restart containerd: restarted",
        "changed: containerd pulls SERVER:5000/library/busybox:1, for what has changed: pulled again",
      ]
    `);
    expect(await on(client, 'systemctl show -p MainPID --value containerd')).not.toBe(pid);
    expect(await changes()).toEqual([]);
  });

  it('do not restart for a hosts.toml, and show that it is right by another pull', async () => {
    const pid = await on(client, 'systemctl show -p MainPID --value containerd');
    await on(client, 'rm /etc/containerd/certs.d/upstream:5000/hosts.toml');
    expect(await changes()).toMatchInlineSnapshot(`
      [
        "changed: hosts_toml /etc/containerd/certs.d/upstream:5000/hosts.toml: created",
        "changed: containerd pulls SERVER:5000/library/busybox:1, for what has changed: pulled again",
      ]
    `);
    expect(await on(client, 'systemctl show -p MainPID --value containerd')).toBe(pid);
  });

  it('refuse a main file of podman that is of version 1', async () => {
    const main = '/etc/containers/registries.conf';
    await on(client, `cp ${main} /root/main && printf '# old\\n[registries.search]\\nregistries = []\\n' >${main}`);
    const before = await on(client, 'sha256sum /etc/containers/registries.conf.d/*');
    const { tasks, status } = await run('--force');
    expect(status).toBe(2);
    const failed = tasks.find(({ outcome }) => outcome === 'failed');
    expect(failed?.summary).toMatch(/^\/etc\/containers\/registries\.conf:2: \[registries\.search\] is of version 1/);
    expect(await on(client, 'sha256sum /etc/containers/registries.conf.d/*')).toBe(before);
    await on(client, `cp /root/main ${main}`);
  });

  it('bring containerd to a bare host, with config_path in its configuration', async () => {
    const site = folder.write(
      'bare.yaml',
      `- hosts: ${server}
  roles: [containerd-config]
  vars:
    containerd_install: true
    containerd_registries: [{ registry: "nowhere.example:5000", mirrors: [{ registry: "upstream:5000", insecure: true }] }]
    containerd_proof_image: "${mirrored}"
`,
    );
    const inventory = folder.inventory({ [client]: labHost(client), [server]: labHost(server) });
    const made = await provisionJson([site, '-i', inventory]);
    expect(named(made.tasks, 'failed', 'kept'), JSON.stringify(made.tasks.at(-1))).toEqual([]);
    expect(await on(server, 'ctr -n k8s.io images ls -q')).toContain(mirrored);
    expect(named((await provisionJson([site, '-i', inventory])).tasks, 'changed', 'kept', 'failed')).toEqual([]);
  });

  it('refuse a configuration of containerd that names mirrors itself', async () => {
    const file = '/etc/containerd/config.toml';
    const old = `[plugins."io.containerd.grpc.v1.cri".registry.mirrors."docker.io"]\\n  endpoint = ["https://m"]\\n`;
    await on(client, `cp ${file} /root/config && sed -i '/registry/,$d' ${file} && printf '${old}' >>${file}`);
    const { tasks } = await run();
    const failed = tasks.find(({ outcome }) => outcome === 'failed');
    expect(failed?.summary).toMatch(
      /^\/etc\/containerd\/config\.toml:\d+: registry\.mirrors cannot be used with config_path/,
    );
    await on(client, `cp /root/config ${file}`);
    expect(await changes()).toEqual([]);
  });
});

/** Runs it there; fails with what it said. */
async function on(host: string, script: string): Promise<string> {
  const { exitCode, stdout, stderr } = await ssh(host, script);
  expect(exitCode, `${script}\n${stdout}\n${stderr}`).toBe(0);
  return stdout;
}

/** A registry by TLS with an account, of a CA made here; gives the CA's certificate. */
async function serveByTls(): Promise<string> {
  const config = `version: 0.1
storage: { filesystem: { rootdirectory: /srv/registry } }
auth: { htpasswd: { realm: lab, path: /srv/tls/htpasswd } }
http: { addr: ":5000", tls: { certificate: /srv/tls/cert.pem, key: /srv/tls/key.pem } }
`;
  const apt = 'DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends';
  await on(server, `${apt} docker-registry skopeo >/dev/null 2>&1 && systemctl disable --now docker-registry`);
  await on(
    server,
    `mkdir -p /srv/tls && cd /srv/tls && printf '%s\\n' 'puller:${bcrypt.hashSync(password, 4)}' >htpasswd
    ec='-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'
    openssl req -x509 $ec -keyout ca.key -out ca.crt -days 2 -subj /CN=ca 2>/dev/null &&
    openssl req $ec -keyout key.pem -out csr.pem -subj /CN=${server} 2>/dev/null &&
    printf 'subjectAltName=DNS:${server}\\n' >san &&
    openssl x509 -req -in csr.pem -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile san -out cert.pem 2>/dev/null`,
  );
  await ssh(server, 'cat >/srv/config.yml', { input: config });
  await on(
    server,
    `systemd-run -q --unit tls-registry docker-registry serve /srv/config.yml && mkdir -p /srv/certs && cp /srv/tls/ca.crt /srv/certs && sleep 2 &&
    skopeo copy -q --src-tls-verify=false --dest-cert-dir /srv/certs --dest-creds puller:${password} docker://upstream:5000/library/busybox:1 docker://${image}`,
  );
  return `${await on(server, 'cat /srv/tls/ca.crt')}\n`;
}
