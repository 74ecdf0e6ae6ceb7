import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labHost, type Scratch, scratch } from '../../../kit/inventory.js';
import { named, provision, provisionJson } from '../../../kit/provision.js';
import { takeHosts } from '../../../kit/vitest/holding.js';
import { writesDuring } from '../../../kit/watch-writes.js';
import { resetHost, ssh } from '../../lab.js';

const [host] = await takeHosts(1);

/** `U*U` by bcrypt: a vector of the algorithm's own test set (crypt_blowfish). */
const account = 'puller:$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW';

const site = `
- hosts: all
  vars:
    registry_tls: { certificate: /srv/tls/cert.pem, key: "{{default key '/srv/tls/key.pem'}}" }
    registry_htpasswd: /srv/tls/htpasswd
  roles: [registry-setup]
`;

describe("registry-setup with the distribution's package", () => {
  let folder: Scratch;
  let args: string[];

  beforeAll(async () => {
    folder = scratch();
    args = [folder.write('site.yaml', site), '-i', folder.inventory({ [host]: labHost(host) })];
    await resetHost(host);
    const made = await ssh(
      host,
      `mkdir -p /srv/tls && cd /srv/tls && echo '${account}' > htpasswd &&
       openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=${host} -addext subjectAltName=DNS:${host} && chmod 644 *`,
    );
    expect(made).toMatchObject({ exitCode: 0 });
  });
  afterAll(() => folder.remove());

  const status = async (...options: string[]) =>
    (await ssh(host, `curl -sk -o /dev/null -w %{http_code} ${options.join(' ')} https://localhost:5000/v2/`)).stdout;

  it('serves by TLS, to those with an account', async () => {
    const run = await provisionJson(args);
    expect(named(run.tasks, 'failed', 'kept')).toEqual([]);
    expect(await status()).toBe('401');
    expect(await status("-u 'puller:U*U'")).toBe('200');
    expect(await status("-u 'puller:wrong'")).toBe('401');
    const writes = await writesDuring(host, async () => {
      expect(named((await provisionJson(args)).tasks, 'changed', 'kept', 'failed')).toEqual([]);
    });
    expect(writes).toEqual([]);
  });

  it('is not believed by image-sync while its certificate is not trusted', async () => {
    const look = folder.write(
      'look.yaml',
      `- hosts: all\n  vars: { image_sync_local: "${host}:5000" }\n  roles: [image-sync]\n`,
    );
    const said = async () => {
      const { tasks } = await provisionJson([look, ...args.slice(1), '--no-sync']);
      return tasks.find(({ outcome }) => outcome === 'failed')?.summary;
    };
    expect(await said()).toMatch(/certificate/);
    await ssh(
      host,
      `mkdir -p /etc/docker/certs.d/${host}:5000 && cp /srv/tls/cert.pem /etc/docker/certs.d/${host}:5000/ca.crt`,
    );
    expect(await said()).toMatch(/asks for an account/);
  });

  it('does not install a configuration that the registry would not start with', async () => {
    const before = (await ssh(host, 'cat /etc/docker/registry/config.yml')).stdout;
    const run = await provisionJson([...args, '--force', '-e', 'key=/srv/tls/missing.pem']);
    expect(run.status).toBe(2);
    const failed = run.tasks.find(({ outcome }) => outcome === 'failed');
    expect(failed?.stderr).toContain('missing.pem: no such file');
    expect((await ssh(host, 'cat /etc/docker/registry/config.yml')).stdout).toBe(before);
    expect(await status()).toBe('401');
  });

  it('leaves a registry alone that something else runs', async () => {
    await ssh(
      host,
      'systemctl disable --now docker-registry; rm -rf /srv/other && mkdir -p /srv/other/docker/registry/v2/repositories/old/_layers',
    );
    const other = 'version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: /srv/other\nhttp:\n  addr: :5000\n';
    await ssh(host, 'cat > /srv/other.yml', { input: other });
    const started = await ssh(
      host,
      'systemd-run --unit other-registry docker-registry serve /srv/other.yml; sleep 2; curl -s http://localhost:5000/v2/_catalog',
    );
    expect(started.stdout).toBe('{"repositories":["old"]}');
    const plain = folder.write('plain.yaml', '- hosts: all\n  roles: [registry-setup]\n');
    const run = await provisionJson([plain, ...args.slice(1)]);
    expect(run.status).toBe(0);
    expect(named(run.tasks, 'changed', 'failed')).toEqual([]);
    const kept = run.tasks.filter(({ outcome }) => outcome === 'kept');
    expect(kept.map(({ hint }) => hint)).toEqual([expect.stringContaining('docker_registry_setup_force')]);
    await ssh(host, 'systemctl stop other-registry');
  });
});

describe('a registry that fetches what it lacks from another', () => {
  let folder: Scratch;
  const run = (more: Readonly<Record<string, unknown>>, ...options: string[]) => {
    const vars = { registry_proxy: { remoteurl: 'http://upstream:5000' }, ...more };
    const text = JSON.stringify([{ hosts: 'all', vars, roles: ['registry-setup'] }]);
    return provisionJson([
      folder.write('proxy.yaml', text),
      '-i',
      folder.inventory({ [host]: labHost(host) }),
      ...options,
    ]);
  };
  const settings = {
    registry_http_secret: 'the-same-on-all-replicas',
    registry_log: { level: 'warn', formatter: 'json', fields: { site: 'lab' } },
    registry_metrics: { port: 5101 },
    registry_upload_purging: { age: '24h' },
    registry_health: { storagedriver: { interval: '10s' }, file: [{ file: '/srv/out-of-rotation', interval: '1s' }] },
    registry_notifications: [{ name: 'nobody', url: 'http://127.0.0.1:9/' }],
    registry_headers: { 'X-Site': ['lab'] },
  };

  beforeAll(async () => {
    folder = scratch();
    await resetHost(host);
  });
  afterAll(() => folder.remove());

  it('gives what the other has, and takes no pushes', async () => {
    expect(named((await run({})).tasks, 'failed', 'kept')).toEqual([]);
    const first = `sed 's/.*\\["\\([^"]*\\)".*/\\1/'`;
    const { stdout } = await ssh(
      host,
      `repository=$(curl -s http://upstream:5000/v2/_catalog | ${first}); tag=$(curl -s http://upstream:5000/v2/$repository/tags/list | ${first})
       at=http://localhost:5000/v2/$repository
       curl -s -o /dev/null -w '%{http_code} ' -H 'Accept: application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json' $at/manifests/$tag
       curl -s -o /dev/null -w '%{http_code}' -X POST $at/blobs/uploads/; test -d /var/lib/docker-registry/docker/registry/v2/repositories/$repository && echo ' kept'`,
    );
    expect(stdout).toBe('200 405 kept');
  });

  it('has settings of its own, shown to nobody where they are secret', async () => {
    const first = await run(settings, '--force', '--diff');
    expect(named(first.tasks, 'failed', 'kept')).toEqual([]);
    expect(first.stdout).not.toContain('the-same-on-all-replicas');
    const { stdout } = await ssh(
      host,
      `stat -c '%a %U %G' /etc/docker/registry/config.yml; curl -s -D - -o /dev/null localhost:5000/v2/ | grep -i x-site; curl -s localhost:5101/debug/health; curl -s localhost:5101/metrics | grep -c ^registry_`,
    );
    expect(stdout.replaceAll('\r', '').trim().split('\n')).toEqual([
      '640 root docker-registry',
      'X-Site: lab',
      expect.stringMatching(/^{}[1-9]/),
    ]);
    expect(named((await run(settings)).tasks, 'changed', 'kept', 'failed')).toEqual([]);
  });

  it('refuses what its version does not know, before anything is contacted', async () => {
    const vars = { registry_proxy: { remoteurl: 'http://upstream:5000', ttl: '1h' } };
    const text = folder.write('ttl.yaml', JSON.stringify([{ hosts: 'all', vars, roles: ['registry-setup'] }]));
    const { status, stderr } = await provision([text, '-i', folder.inventory({ [host]: labHost(host) })]);
    expect(status).toBe(1);
    expect(stderr).toContain('registry_proxy.ttl: distribution 2.8 does not support proxy.ttl');
    expect(stderr).toContain('no host was contacted');
  });

  it('is not configured for a version that it is not', async () => {
    const { status, tasks } = await run({ ...settings, registry_distribution_version: '3.1' }, '--force');
    expect(status).toBe(2);
    expect(tasks.find(({ outcome }) => outcome === 'failed')?.summary).toContain(
      'docker-registry is distribution 2.8.2, but the configuration is for 3.1',
    );
    expect((await ssh(host, 'curl -s -o /dev/null -w %{http_code} localhost:5000/v2/')).stdout).toBe('200');
  });
});
