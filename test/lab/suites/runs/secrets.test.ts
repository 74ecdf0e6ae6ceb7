import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seal } from '../../../../src/vars/vault/cipher.js';
import { writeEnvelope } from '../../../../src/vars/vault/envelope.js';
import { labHost, type Scratch, scratch } from '../../../kit/inventory.js';
import { checkout, provision } from '../../../kit/provision.js';
import { takeHosts } from '../../../kit/vitest/holding.js';
import { container, labUp, placeOf, resetHost } from '../../lab.js';
import { processesDuring, type Watched } from './watch-processes.js';

const [host] = await takeHosts(1);
const main = join(checkout, 'dist/src/cli/main.js');

/*
 * A canary in each variable that is a secret. What is looked for is its word, of letters and digits alone, which no way of
 * quoting changes, and what base64 makes of it; the rest of it is there to break quoting.
 */
const names = [
  ...[
    'become',
    'wrongbecome',
    'passphrase',
    'vault',
    'asked',
    'dockerauth',
    'dockerproxy',
    'podmanauth',
    'containerdauth',
  ],
  ...[
    'account',
    'httpsecret',
    'notifyheader',
    'healthheader',
    'redis',
    'proxy',
    's3key',
    's3token',
    'swift',
    'swiftkey',
  ],
  ...['serviceadmin', 'servicedatabase', 'serviceldap', 'serviceoidc'],
  ...['syncwrong', 'control'],
] as const;
type Name = (typeof names)[number];
const run = randomBytes(3).toString('hex');
const word = (name: Name) => `X${name}canary${run}`;
/** As passwords come: with all that has a meaning somewhere. */
const canary = (name: Name) => `${word(name)} "q'$r\\%${ending}`;
/** What is left of one where only its beginning was found. */
const ending = '41/+é';
/** For where not everything is allowed. */
const plain = (name: Name) => `${word(name)}-plain`;

const everywhere = names.filter((name) => name !== 'control');
/** The middle of a word in base64, at each of the three places where it may begin. */
const formsOf = (name: Name) => [
  word(name),
  ...[0, 1, 2].map((before) =>
    Buffer.from(' '.repeat(before) + word(name))
      .toString('base64')
      .slice(4, -4),
  ),
];

/** All that holds secrets, but for the storage drivers of registries, which have nothing to talk to here. */
const configured = `
- hosts: ${host}
  become: true
  vars:
    docker_install: true
    docker_insecure_registries: ["upstream:5000"]
    docker_auths: [{ registry: "${host}:5000", username: puller, password: ${JSON.stringify(canary('dockerauth'))} }]
    docker_proxies: { http: "http://proxy:${plain('dockerproxy')}@127.0.0.1:3128", no_proxy: "localhost,.lab,${host},upstream" }
    podman_auths: [{ registry: "${host}:5000", username: puller, password: "{{podman_password}}" }]
    containerd_auths: [{ registry: "${host}:5000", username: puller, password: ${JSON.stringify(canary('containerdauth'))} }]
    registry_tls: own-ca
    registry_accounts: [{ name: puller, password: ${JSON.stringify(canary('account'))} }]
    registry_http_secret: ${JSON.stringify(canary('httpsecret'))}
    registry_notifications:
      - { name: told, url: "http://127.0.0.1:9/", headers: { Authorization: ["Bearer ${plain('notifyheader')}"] } }
    registry_health:
      http: [{ uri: "http://upstream:5000/v2/", headers: { Authorization: ["Bearer ${plain('healthheader')}"] } }]
  roles: [docker-config, podman-config, containerd-config, registry-setup]
  tasks:
    - file: { path: /etc/of-the-site, content: "{{in_vault}}\\n{{asked}}\\n", mode: "0600" }
    - name: say {{in_vault}}
      debug: { msg: "{{in_vault}} {{asked}}" }
`;
const syncs = `
- hosts: ${host}
  become: true
  vars:
    image_sync_upstream: "http://upstream:5000"
    image_sync_local: "${host}:5000"
    image_sync_images: ["library/busybox:1"]
    image_sync_credentials: { "${host}:5000": { username: puller, password: "{{sync_password}}" } }
  roles: [image-sync]
`;
const drivers = `
- hosts: ${host}
  become: true
  vars:
    registry_instances:
      - { port: 5001, redis: { addrs: ["127.0.0.1:1"], password: ${JSON.stringify(canary('redis'))} } }
      - { port: 5002, proxy: { remoteurl: "http://upstream:5000", username: me, password: ${JSON.stringify(canary('proxy'))} } }
      - port: 5003
        s3: { region: us-east-1, bucket: b, regionendpoint: "http://127.0.0.1:1", accesskey: key, secretkey: ${JSON.stringify(canary('s3key'))}, sessiontoken: ${JSON.stringify(canary('s3token'))} }
      - port: 5004
        swift: { authurl: "http://127.0.0.1:1", username: me, password: ${JSON.stringify(canary('swift'))}, container: c, secretkey: ${JSON.stringify(canary('swiftkey'))} }
  roles: [registry-setup]
`;
const others = `
- hosts: ${host}
  become: true
  vars:
    nfs_exports: ["/srv/share *(ro)"]
    docker_registry_setup_upstream_hostname: upstream
    docker_registry_setup_upstream_port: 5000
    docker_registry_setup_container_images: [{ imagename: cron }]
    docker_registry_setup_local_hostname: ${host}
    docker_registry_setup_firewall: none
    registry_accounts: [{ name: puller, password: ${JSON.stringify(canary('account'))} }]
    registry_http_secret: ${JSON.stringify(canary('httpsecret'))}
  roles: [nfs-export, docker-registry-setup]
`;
const serviceUrl = `https://${placeOf(host).inside}:8443`;
const database = `
- hosts: ${host}
  become: true
  vars: { database_password: "${plain('servicedatabase')}" }
  tasks:
    - package: { name: postgresql }
    - service: { name: postgresql, state: started, enabled: true }
    - name: the database of the service
      command:
        cmd: cd / && runuser -u postgres -- psql -q -v ON_ERROR_STOP=1
        stdin: "create role provision login password '{{database_password}}'; create database provision owner provision"
        unless: cd / && runuser -u postgres -- psql -Atc "select 1 from pg_roles where rolname = 'provision'" | grep -q 1
`;
/** The service, with directories that nobody asks here. */
const service = `
- hosts: ${host}
  become: true
  vars:
    registry_service_url: ${serviceUrl}
    registry_service_admin: { name: anna, password: ${JSON.stringify(canary('serviceadmin'))} }
    registry_service_database: "postgres://provision:${plain('servicedatabase')}@127.0.0.1/provision"
    registry_service_ldap:
      { url: "ldap://127.0.0.1:1", base: dc=lab, bind_dn: "cn=lab,dc=lab", password: ${JSON.stringify(canary('serviceldap'))} }
    registry_service_oidc:
      { issuer: "https://127.0.0.1:1", client_id: lab, client_secret: ${JSON.stringify(canary('serviceoidc'))} }
    registry_service_registries: [{ name: trusting, host: "${host}:5010", ca: own-ca }]
  roles: [registry-service]
`;
const serviceTells = `${service}
  tasks:
    - name: tell {{asked}}
      command:
        cmd: cd /etc/provision-service; for f in service.yaml directories/*-*; do cat $f; cat $f >&2; base64 -w0 $f; done; exit 3
        always: true
`;
/** A registry that trusts it, by what its host says, and by its API. */
const trusting = `
- hosts: ${host}
  become: true
  vars:
    registry_tls: own-ca
    registry_auth: { service: "{{trusted}}" }
    registry_instances: [{ name: trusting, port: 5010 }]
  roles: [registry-setup]
`;
/** The same, and then all of it is printed by the host, as it is and in base64, and that fails. */
const tells = `${configured}
    - name: tell {{asked}}
      command:
        cmd: cd /etc; for f in FILES; do cat $f; cat $f >&2; base64 -w0 $f; done; exit 3
        always: true
`.replace(
  'FILES',
  'of-the-site docker/registry/*.yml containerd/certs.d/*/hosts.toml systemd/system/docker.service.d/*.conf /root/.docker/config.json /root/.config/containers/auth.json',
);
const breaks = `
- hosts: ${host}
  become: true
  tasks:
    - { debug: { msg: hello }, register: told }
    - name: breaks {{asked}}
      debug: { msg: "{{in_vault}} {{told.nothing.there}} {{asked}}" }
`;
/** A mistake, in a line with a password. */
const mistaken = `
- hosts: ${host}
  vars:
    registry_accounts: [{ name: puller, password: ${JSON.stringify(canary('account'))}, typo: 1 }]
  roles: [registry-setup]
`;
const control = `
- hosts: ${host}
  tasks:
    - command: { cmd: "env A=${word('control')} sleep 4; sh -c 'sleep 4; :' ${word('control')}", always: true }
`;

/** One story, so the tests run in this order. */
describe('canaries in every secret', () => {
  let folder: Scratch;
  let args: string[];
  const said: { what: string; text: string }[] = [];
  const watched: Watched[] = [];
  /** Secrets that the service made. */
  const made = new Map<string, string>();
  const temporary = () => join(folder.path, 'temporary');

  beforeAll(async () => {
    await labUp({ vm: false });
    await resetHost(host);
    const account = `chpasswd; echo 'Defaults logfile=/var/log/sudo.log' > /etc/sudoers.d/logs`;
    await execa('docker', ['exec', '-i', container(host), 'sh', '-c', account], { input: `clerk:${canary('become')}` });
    // Not watched: under strace it would take minutes.
    const install =
      'apt-get update -qq && apt-get install -qq -y --no-install-recommends docker.io docker-registry >/dev/null';
    await execa('docker', ['exec', '-e', 'DEBIAN_FRONTEND=noninteractive', container(host), 'sh', '-c', install]);
    folder = scratch();
    mkdirSync(temporary());
    mkdirSync(join(folder.path, 'group_vars'));
    const sealed = writeEnvelope({ label: undefined, sealed: seal(Buffer.from(canary('vault')), 'open') });
    writeFileSync(
      join(folder.path, 'group_vars/all.yaml'),
      `in_vault: !vault |\n${sealed.trimEnd().replace(/^/gm, '  ')}\n`,
    );
    folder.write('password', 'open\n');
    const key = join(folder.path, 'id_ed25519');
    await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', canary('passphrase'), '-f', key]);
    const authorize = ['exec', '-i', container(host), 'sh', '-c', 'cat >> /etc/ssh/authorized_keys'];
    await execa('docker', authorize, { inputFile: `${key}.pub` });
    args = [
      '-i',
      folder.inventory({ [host]: labHost(host, { user: 'clerk', identity_file: key }) }),
      '--vault-password-file',
      'password',
    ];
    for (const [name, text] of Object.entries({
      site: configured,
      syncs,
      drivers,
      others,
      tells,
      breaks,
      mistaken,
      control,
      service: database + service,
      serviceTells,
      trusting,
    }))
      folder.write(`${name}.yaml`, text);
  });
  afterAll(() => folder.remove());

  const env = () => ({
    PROVISION_BECOME_PASSWORD: canary('become'),
    PROVISION_KEY_PASSPHRASE: canary('passphrase'),
    PROVISION_ASK_ASKED: canary('asked'),
    PROVISION_KEEP_RUNS: '',
    TMPDIR: temporary(),
  });
  const asking = ['--ask', 'asked', '-e', JSON.stringify({ podman_password: canary('podmanauth') })];

  /** Runs with everything told, and keeps what was. */
  async function tell(what: string, more: readonly string[], status: number, also: Record<string, string> = {}) {
    let result = { status: -1 as number | undefined, stdout: '', stderr: '' };
    watched.push(
      await processesDuring(host, [...everywhere.flatMap(formsOf), ...made.values()], async () => {
        result = await provision([...args, '-vvv', '--diff', ...more], {
          cwd: folder.path,
          env: { ...env(), ...also },
        });
      }),
    );
    said.push({ what, text: result.stdout + result.stderr });
    expect(result.status, `${what}\n${result.stdout.slice(-3000)}\n${result.stderr}`).toBe(status);
    return result;
  }

  it('catches one where there is one: in arguments, and in the environment', async () => {
    const { sightings } = await processesDuring(host, formsOf('control'), () =>
      provision([...args, 'control.yaml'], { cwd: folder.path, env: env() }),
    );
    const seen = sightings.join('\n');
    expect(seen).toMatch(new RegExp(`^${word('control')} in cmdline of sh -c sleep 4; : ${word('control')}`, 'm'));
    expect(seen).toMatch(new RegExp(`^${word('control')} in environ of `, 'm'));
  });

  it('configures docker, podman, containerd and a registry', async () => {
    const { stdout } = await tell('lines', ['site.yaml', ...asking], 0);
    expect(stdout).toContain('say (secret)');
  });

  it.each([
    ['json', ['--output', 'json']],
    ['junit', ['--output', 'junit', '--junit', 'junit.xml']],
    ['lines', ['--check']],
  ])('and a failure that prints all of it, as %s', async (what, more) => {
    const { stdout } = await tell(what, ['tells.yaml', ...asking, ...more], more.includes('--check') ? 0 : 2);
    expect(stdout).toContain('tell (secret)');
  });

  it('on a terminal', async () => {
    folder.write('podman.json', JSON.stringify({ podman_password: canary('podmanauth') }));
    const more = ['tells.yaml', '-vvv', '--diff', '--ask', 'asked', '-e', '@podman.json'];
    const command = ['node', main, ...args, ...more];
    const { stdout } = await execa('script', ['-qec', `stty rows 30 columns 100; ${command.join(' ')}`, '/dev/null'], {
      cwd: folder.path,
      env: { ...env(), TERM: 'xterm-256color' },
      reject: false,
      stdin: 'ignore',
    });
    expect(stdout).toContain('PLAY RECAP');
    said.push({ what: 'live', text: stdout });
  });

  it('and syncs images, by the host and by its docker, and with an account that is refused', async () => {
    const password = (name: Name, via: string) => JSON.stringify({ sync_password: canary(name), image_sync_via: via });
    await tell('target', ['syncs.yaml', '-e', password('account', 'target')], 0);
    // Docker has an account of its own, whose password the registry refuses.
    const engine = await tell('engine', ['syncs.yaml', '-e', password('account', 'engine'), '--output', 'json'], 2);
    expect(engine.stdout).toContain('asks for an account (401)');
    const refused = await tell('refused', ['syncs.yaml', '-e', password('syncwrong', 'target')], 2);
    expect(refused.stdout).toMatch(/401|unauthorized|refuse/i);
  });

  it('and the service with a database and directories, and a registry that trusts it', async () => {
    await execa('docker', ['cp', process.execPath, `${container(host)}:/usr/local/bin/node`]);
    const { stdout } = await tell('service', ['service.yaml'], 0);
    expect(stdout).toContain('service.yaml');
    await tell('service tells', ['serviceTells.yaml', ...asking, '--output', 'json'], 2);
    const api = async (method: string, path: string, body: string) => {
      const account = ['-u', `anna:${canary('serviceadmin')}`, '-H', 'Content-Type: application/json'];
      const data = body === '' ? [] : ['-d', body];
      return JSON.parse(
        (await execa('curl', ['-sk', ...account, '-X', method, ...data, `${serviceUrl}/api/v1/${path}`])).stdout,
      );
    };
    const { headers } = await api('GET', 'registries/trusting/notification-settings', '');
    made.set('secret of notifications', headers.Authorization[0].replace('Bearer ', ''));
    const trust = (trusted: object) => [
      'trusting.yaml',
      '-e',
      JSON.stringify({ trusted: { ...trusted, ca: 'own-ca' } }),
    ];
    await tell('trusting', trust({ host, name: 'trusting' }), 0);
    made.set('access token', (await api('POST', 'tokens', '{"label":"lab","api":"read"}')).secret);
    await tell('trusting by API', trust({ url: serviceUrl, token: made.get('access token'), name: 'trusting' }), 0);
    const key = await execa('docker', ['exec', container(host), 'cat', '/var/lib/provision-service/key']);
    made.set('key of the service', key.stdout.trim());
    for (const [what, secret] of made) expect([what, secret.length > 20]).toEqual([what, true]);
  });

  it('whose files of secrets are for those alone who need them', async () => {
    const files =
      'service.yaml first-account directories/ldap-password directories/oidc-client-secret tls/service.key /var/lib/provision-service/key /etc/docker/registry/trusting.yml /etc/docker/registry/tls/trusting.key';
    const modes = ['exec', container(host), 'sh', '-c', `cd /etc/provision-service && stat -c '%a %U %G %n' ${files}`];
    expect((await execa('docker', modes)).stdout.split('\n')).toEqual([
      '600 provision provision service.yaml',
      '600 provision provision first-account',
      '600 provision provision directories/ldap-password',
      '600 provision provision directories/oidc-client-secret',
      '640 root provision tls/service.key',
      '600 provision provision /var/lib/provision-service/key',
      '640 root docker-registry /etc/docker/registry/trusting.yml',
      '640 root docker-registry /etc/docker/registry/tls/trusting.key',
    ]);
  });

  it('and the storage drivers, staged', async () => {
    const { stdout } = await tell('staged', ['drivers.yaml', '--root', '/srv/stage'], 0);
    expect(stdout).toContain('changed');
  });

  it('and the other roles, a template that breaks while it runs, and a wrong password of sudo', async () => {
    await tell('others', ['others.yaml', '--check'], 0);
    const { stderr } = await tell('mistaken', ['mistaken.yaml'], 1);
    expect(stderr).toContain('password: ********, typo: 1');
    const broken = await tell('breaks', ['breaks.yaml', ...asking], 2);
    expect(broken.stdout).toContain('told.nothing is not defined');
    const wrong = { PROVISION_BECOME_PASSWORD: canary('wrongbecome') };
    const refused = await tell('wrong become', ['breaks.yaml', ...asking], 2, wrong);
    expect(refused.stdout).toMatch(/password/);
  });

  it('and none is in what was said, in logs of runs, in documents, or in temporary files', () => {
    const logs = join(folder.path, '.provision/runs');
    const files = [...readdirSync(logs).map((name) => join(logs, name)), join(folder.path, 'junit.xml')];
    // One run came to nothing, but there is the one for the control, and JUnit's document.
    expect(files).toHaveLength(said.length + 1);
    const left = readdirSync(temporary(), { recursive: true, encoding: 'utf8' });
    expect(left).toEqual([]);
    const all = [...said, ...files.map((file) => ({ what: file, text: readFileSync(file, 'utf8') }))];
    const found = all.flatMap(({ what, text }) => leaksIn(text).map((leak) => `${what}: ${leak}`));
    for (const [name, secret] of made)
      for (const { what, text } of all) if (text.includes(secret)) found.push(`${what}: the ${name}`);
    const ca = join(folder.path, '.provision/ca');
    const keys = readdirSync(ca).filter((name) => name.endsWith('.key'));
    const lines = keys.flatMap((name) => privateLines(readFileSync(join(ca, name), 'utf8')));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) for (const { what, text } of all) if (text.includes(line)) found.push(`${what}: a key`);
    expect([...new Set(found)]).toEqual([]);
    // So that it can't pass by having looked at nothing.
    expect(all.reduce((sum, { text }) => sum + text.length, 0)).toBeGreaterThan(100_000);
  });

  it('nor in the arguments or the environment of any process of the host', () => {
    // Docker has its proxy, with the account, from its environment: there is no other way into this version.
    const byDocker = new RegExp(`^${word('dockerproxy')} in environ of .*HTTP_PROXY=`);
    const sightings = watched.flatMap((each) => each.sightings).filter((each) => !byDocker.test(each));
    expect([...new Set(sightings)]).toEqual([]);
    expect(watched.reduce((sum, { looks }) => sum + looks, 0)).toBeGreaterThan(1000);
  });

  it('nor in what the host keeps of a run: its logs, the log of sudo, journals, temporary files', async () => {
    const places =
      '/tmp /var/tmp /dev/shm /run/provision /var/lib/provision /var/log /run/log /home /root/.bash_history';
    // The registry itself logs the headers that it notifies with.
    const journal = "journalctl --no-pager -a | grep -avE 'msg=\"configuring endpoint (told|provision) '";
    const script = `cat > /run/words; ${journal} > /run/said; grep -raoF -f /run/words ${places} /run/said --exclude=*.journal | sort -u; wc -l < /var/log/sudo.log`;
    const { stdout } = await execa('docker', ['exec', '-i', container(host), 'sh', '-c', script], {
      input: [...everywhere.flatMap(formsOf), ...made.values()].join('\n'),
      reject: false,
    });
    expect(stdout).toMatch(/^\d+$/);
    expect(Number(stdout)).toBeGreaterThan(0);
  });
});

/** The lines of an EC key that its private number is in; its public one comes behind it, and is in certificates too. */
function privateLines(pem: string): string[] {
  return pem.split('\n').slice(1, 3);
}

/** Canaries in a text, with what stands around them. */
function leaksIn(text: string): string[] {
  return everywhere.flatMap((name) =>
    [...formsOf(name), ending].flatMap((form) => {
      const at = text.indexOf(form);
      return at < 0 ? [] : [`${name} in …${text.slice(Math.max(0, at - 60), at + form.length + 20)}…`];
    }),
  );
}
