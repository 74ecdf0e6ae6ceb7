import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { InputError } from '../../src/diagnostics/diagnostic.js';
import { fakeHost } from '../../src/library/fake-host.js';
import { Session } from '../../src/library/session/session.js';
import { testRole } from '../../src/library/test-role.js';
import { readCraneConfig } from '../../src/publish/crane/config/crane-config.js';
import role from './index.js';
import { publishUnitText } from './publish-unit.js';
import { vars } from './vars.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'publish-serve-'));
  write('redirects/acme/web.json', redirect('acme/web'));
  write('redirects/old.json', redirect('old', { version: 1, images: [], tags: {} }));
  write('wrong/half.json', '{"version": 2}');
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function redirect(name: string, more: object = {}): string {
  const base = { version: 2, repository: 'x', url: 'https://cdn.example.com/x/' };
  return JSON.stringify({ ...base, 'repo-registry-id': name, ...more });
}

type Given = z.input<typeof vars>;
/** Account that is here: on a fake host none is made. */
const account = process.getuid?.() === 0 ? 'daemon' : userInfo().username;
/** Runs the role on a fake host. What the run's own authority signs is left to the lab. */
const onFake = (given: Given, host = fakeHost({ facts: { service_manager: 'systemd' } }), flags = {}) =>
  testRole(role, { vars: { publish_serve_tls: 'off', publish_serve_user: account, ...given }, host, folder, flags });

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

describe('publish-serve', () => {
  it('sets up program, user, configuration, redirect files and unit, and has nothing to do again', async () => {
    const first = await onFake({ publish_serve_redirects: 'redirects' });
    expect(first.failed).toEqual([]);
    expect(first.tasks.map(({ task }) => task.replace(`user ${account}`, 'user ACCOUNT'))).toMatchInlineSnapshot(`
      [
        "the program of the service",
        "user ACCOUNT",
        "directory /etc/provision-publish",
        "file /etc/provision-publish/crane.conf",
        "directory /var/lib/provision-publish",
        "directory /var/lib/provision-publish/acme",
        "file /var/lib/provision-publish/acme/web.json",
        "file /var/lib/provision-publish/old.json",
        "file /etc/systemd/system/provision-publish.service",
        "service provision-publish",
        "restart the service",
        "the service answers",
        "the repositories of the redirect files are served",
        "firewall_port 5001/tcp",
      ]
    `);
    expect(first.host.read('/var/lib/provision-publish/acme/web.json')).toBe(redirect('acme/web'));
    expect(first.host.read('/etc/provision-publish/crane.conf')).toMatchInlineSnapshot(`
      "# Configuration of provision publish serve; managed by provision.
      [general]
      data_dir: /var/lib/provision-publish
      data_dir_polling_interval: 60
      "
    `);
    const second = await onFake({ publish_serve_redirects: 'redirects' }, first.host);
    expect(second.changed).toEqual([]);
  });

  it('restarts for what is read at the start, and not for redirect files', async () => {
    const { host } = await onFake({ publish_serve_redirects: 'redirects' });
    write('redirects/more.json', redirect('more'));
    const more = await onFake({ publish_serve_redirects: 'redirects' }, host);
    rmSync(join(folder, 'redirects/more.json'));
    expect(more.changed).not.toContain('restart the service');
    expect(more.changed).toContain('file /var/lib/provision-publish/more.json');
    const config = { publish_serve_config: { general: { debug: true } }, publish_serve_force: true };
    expect((await onFake(config, host)).changed).toContain('restart the service');
  });

  it('keeps files that exist and differ, unless forced', async () => {
    const host = fakeHost({
      facts: { service_manager: 'systemd' },
      files: { '/var/lib/provision-publish/old.json': redirect('by hand') },
    });
    const outcome = async (given: Given) => {
      const { tasks } = await onFake({ publish_serve_redirects: 'redirects', ...given }, host);
      return tasks.find(({ task }) => task.endsWith('/old.json'))?.outcome;
    };
    expect(await outcome({})).toBe('kept');
    expect(await outcome({ publish_serve_force: true })).toBe('changed');
  });

  it('brings secrets as files that its user alone reads, and a configuration that the service takes', async () => {
    const { host } = await onFake({
      publish_serve_store: 's3://acme.images/x',
      publish_serve_credentials: { access_key_id: 'AKIA', secret_access_key: '#s3cret' },
      publish_serve_config: {
        cloudfront: { key_pair_id: 'K2', private_key: { content: privateKey }, ttl: 60 },
        general: { endpoint: 'images.example.com' },
      },
    });
    expect(host.read('/etc/provision-publish/credentials')).toBe(
      '[default]\naws_access_key_id=AKIA\naws_secret_access_key=#s3cret\n',
    );
    expect(host.read('/etc/systemd/system/provision-publish.service')).not.toContain('s3cret');
    const text = host.read('/etc/provision-publish/crane.conf') ?? '';
    write('key.pem', privateKey);
    write('crane.conf', text.replace('/etc/provision-publish/cloudfront.pem', join(folder, 'key.pem')));
    const config = readCraneConfig(join(folder, 'crane.conf'));
    expect(config).toMatchObject({
      dataDir: '/var/lib/provision-publish',
      interval: 60,
      endpoint: 'images.example.com',
    });
    expect(config.links.v2?.seconds).toBe(60);
  });

  it('has a unit without root that may write nothing', () => {
    const given: Given = {
      publish_serve_listen: '0.0.0.0:443',
      publish_serve_search: true,
      publish_serve_store: 's3://acme.images',
      publish_serve_presign: 600,
      publish_serve_s3_endpoint: 'https://s3.example.com',
      publish_serve_credentials: { access_key_id: 'A', secret_access_key: 'B' },
      publish_serve_client_ca: { content: 'PEM' },
      publish_serve_client_cert_header: 'X-SSL-Client-Cert',
      publish_serve_trusted_proxies: ['10.0.0.5', 'fd00::/8'],
    };
    const text = publishUnitText(vars.parse(given));
    expect(
      text.split('\n').filter((line) => /^(User|Exec|Env|Ambient|Read|ProtectSystem)/.test(line)),
    ).toMatchInlineSnapshot(`
      [
        "User=provision-publish",
        "Environment=AWS_SHARED_CREDENTIALS_FILE=/etc/provision-publish/credentials",
        "ExecStart=/opt/provision-publish/bin/provision publish serve --config /etc/provision-publish/crane.conf --listen 0.0.0.0:443 --tls-cert /etc/provision-publish/tls/service.crt --tls-key /etc/provision-publish/tls/service.key --tls-client-ca /etc/provision-publish/client-ca.pem --client-cert-header X-SSL-Client-Cert --store s3://acme.images --presign 600 --s3-endpoint https://s3.example.com --trusted-proxy 10.0.0.5 --trusted-proxy fd00::/8 --search",
        "AmbientCapabilities=CAP_NET_BIND_SERVICE",
        "ProtectSystem=strict",
      ]
    `);
  });

  it('names a redirect file that is none before any host is contacted', async () => {
    const site = join(folder, 'site.yaml');
    const errorsOf = async (redirects: string) => {
      const vars = { publish_serve_redirects: redirects };
      writeFileSync(site, JSON.stringify([{ hosts: 'all', vars, roles: ['publish-serve'] }], undefined, 1));
      const loaded = new Session({ site, inventory: [{ all: { hosts: { web1: {} } } }] }).load();
      const error: unknown = await loaded.then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (!(error instanceof InputError)) return error;
      return error.diagnostics.map(({ message, place }) => `${place?.line} ${message.replaceAll(folder, '')}`);
    };
    expect(await errorsOf('wrong')).toEqual([
      '5 role publish-serve: publish_serve_redirects: /wrong/half.json: "repo-registry-id" is missing',
    ]);
    expect(await errorsOf('redirects')).toBeUndefined();
    await expect(onFake({ publish_serve_redirects: 'wrong' })).rejects.toThrow('"repo-registry-id" is missing');
  });

  it('is removed with its secrets; redirect files and its user only if that is asked for', async () => {
    const { host } = await onFake({ publish_serve_redirects: 'redirects' });
    await onFake({ publish_serve_state: 'absent' }, host);
    expect(host.read('/etc/provision-publish/crane.conf')).toBeUndefined();
    expect(host.read('/var/lib/provision-publish/old.json')).toBeDefined();
    await onFake({ publish_serve_state: 'absent', publish_serve_remove_data: true }, host);
    expect(host.read('/var/lib/provision-publish/old.json')).toBeUndefined();
  });

  it.each<[object, string]>([
    [{ publish_serve_user: 'root' }, 'publish_serve_user: must not be root'],
    [{ publish_serve_presign: 60 }, 'publish_serve_presign: means nothing without publish_serve_store'],
    [{ publish_serve_store: '/srv/images' }, 'publish_serve_store: is a folder: set publish_serve_store_url'],
    [
      { publish_serve_store: '/srv/a', publish_serve_store_url: 'https://a', publish_serve_region: 'x' },
      'publish_serve_region: is for a bucket',
    ],
    [{ publish_serve_store: 's3://-' }, 'publish_serve_store: "-" can\'t be the name of a bucket'],
    [{ publish_serve_tls: 'off', publish_serve_client_ca: 'own-ca' }, 'publish_serve_client_ca: needs TLS'],
    [{ publish_serve_trusted_proxies: ['10.0.0.0/8'] }, 'means nothing without publish_serve_client_cert_header'],
    [{ publish_serve_trusted_proxies: ['10.0.0.0/64'] }, 'must be an address or a network'],
    [
      { publish_serve_config: { cdn: { url_auth_secret: 'secret' } } },
      'publish_serve_config.cdn.url_auth_secret: [cdn] url_auth_secret: hexadecimal digits',
    ],
    [
      { publish_serve_config: { nginx: { expression: '$uri$host x' } } },
      'publish_serve_config.nginx: [nginx] the expression for nginx has $host',
    ],
    [
      { publish_serve_config: { nginx: { expression: '$uri x' }, akamai: { secret: 'aabb' } } },
      'addresses are signed in one way',
    ],
    [{ publish_serve_config: { nginx: { expression: '$uri a\n[cdn]' } } }, 'must be one line'],
    [
      { publish_serve_config: { cloudfront: { key_pair_id: 'K', private_key: { content: 'x' } } } },
      'the private key for CloudFront cannot be read',
    ],
    [
      {
        publish_serve_store: 's3://acme.images',
        publish_serve_presign: 60,
        publish_serve_config: { nginx: { expression: '$uri x' } },
      },
      'publish_serve_presign: addresses are signed in one way',
    ],
  ])('refuses %j', (given, message) => {
    const issues = vars.safeParse(given).error?.issues ?? [];
    expect(issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')).toContain(message);
  });
});
