import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { hostContext } from '../../../test/kit/converge-locally.js';
import role from '../index.js';
import { vars as schema } from '../vars.js';

const flags = { force: false, sync: undefined, check: false };

/** The tasks that are about files of TLS and accounts, with what they notify. */
function tasks(vars: z.input<typeof schema>, facts: { os_family?: 'debian' | 'redhat'; uid?: number } = {}): string[] {
  const host = hostContext({ facts });
  const context = { vars: schema.parse(vars), facts: host.facts, host, flags, inventoryHostname: 'reg1' };
  return role.tasks(context).flatMap((item) => {
    if (item.kind !== 'task' || !/^(certificate|ca_certificate|htpasswd|file) /.test(item.name)) return [];
    const handlers = (item.notify ?? []).map((each) => (typeof each === 'string' ? each : each.name));
    return [[item.name, ...handlers].join(' -> ')];
  });
}

function mistakes(vars: Readonly<Record<string, unknown>>): string[] {
  return (schema.safeParse(vars).error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('TLS of a registry', () => {
  it("is by the run's own CA, which the host itself believes", () => {
    expect(tasks({ registry_tls: 'own-ca' })).toEqual([
      'certificate /etc/docker/registry/tls/registry.crt -> restart registry',
      'ca_certificate /etc/docker/certs.d/localhost:5000/ca.crt',
      'ca_certificate /etc/docker/certs.d/reg1:5000/ca.crt',
    ]);
    expect(tasks({ registry_tls: { ca: 'own', names: ['r.example.org'] } }, { os_family: 'redhat' })).toEqual([
      'certificate /etc/docker-distribution/registry/tls/registry.crt -> restart registry',
      'ca_certificate /etc/docker/certs.d/localhost:5000/ca.crt',
      'ca_certificate /etc/docker/certs.d/reg1:5000/ca.crt',
      'ca_certificate /etc/docker/certs.d/r.example.org:5000/ca.crt',
    ]);
  });

  it('has rights that the role writes beside the accounts of an embedded registry', () => {
    const vars: z.input<typeof schema> = {
      registry_runtime: 'embedded',
      registry_accounts: [{ name: 'ci', password: 's3cret' }],
      registry_access: [{ accounts: 'ci', repositories: 'team/', rights: ['pull'] }],
    };
    expect(tasks(vars)).toEqual([
      'htpasswd /etc/docker/registry/registry.htpasswd',
      'file /etc/docker/registry/registry.access.json',
    ]);
    expect(
      mistakes({ ...vars, registry_access: [{ accounts: 'ci', repositories: 'team*', rights: ['pull'] }] }),
    ).toEqual([expect.stringContaining('must be a repository, a prefix that ends with "/", or "**"')]);
  });

  it('has the password and the authority of the registry that an embedded one fetches from', () => {
    const account = { username: 'cache', password: 's3cret' };
    const proxy = { remoteurl: 'https://r.example.com', ...account, ca: { content: 'PEM' } };
    expect(tasks({ registry_runtime: 'embedded', registry_proxy: proxy })).toEqual([
      'file /etc/docker/registry/registry.proxy-password',
      'file /etc/docker/registry/proxy/registry/ca.crt',
    ]);
  });

  it('is by files of the host, of the controller, or not at all', () => {
    expect(tasks({ registry_tls: { certificate: '/c', key: '/k' } })).toEqual([]);
    expect(tasks({ registry_tls: { src: { certificate: 'c.pem', key: 'k.pem' } } })).toEqual([
      'file /etc/docker/registry/tls/registry.key -> restart registry',
      'file /etc/docker/registry/tls/registry.crt -> restart registry',
    ]);
    expect(tasks({})).toEqual([]);
  });

  it('is each its own of several registries', () => {
    const registry_instances = [{ port: 5000 }, { port: 5001, name: 'other', tls: 'own-ca' as const }];
    expect(tasks({ registry_instances }).filter((name) => name.startsWith('certificate'))).toEqual([
      'certificate /etc/docker/registry/tls/other.crt -> restart other',
    ]);
  });

  it('needs no restart, and without root no trust of the host, where the registry is our own', () => {
    expect(tasks({ registry_runtime: 'embedded', registry_tls: 'own-ca' }, { uid: 1000 })).toEqual([
      'certificate /root/.config/provision/registry/tls/registry.crt',
    ]);
  });
});

describe('accounts of a registry', () => {
  it('lie beside its configuration, or where they are told to', () => {
    const registry_accounts = [{ name: 'puller', password: 'x' }];
    expect(tasks({ registry_accounts })).toEqual([
      'htpasswd /etc/docker/registry/registry.htpasswd -> restart registry',
    ]);
    expect(tasks({ registry_accounts, registry_htpasswd: '/srv/accounts' })).toEqual([
      'htpasswd /srv/accounts -> restart registry',
    ]);
    expect(tasks({ registry_htpasswd: '/srv/accounts' })).toEqual([]);
  });

  it('are refused where they cannot be, without their passwords', () => {
    expect([
      ...mistakes({ registry_accounts: [] }),
      ...mistakes({ registry_accounts: [{ name: 'a:b', password: 'secret' }] }),
      ...mistakes({ registry_accounts: [{ name: 'a', password: 'secret'.repeat(20) }] }),
      ...mistakes({ registry_accounts: ['1', '2'].map((password) => ({ name: 'a', password })) }),
    ]).toMatchInlineSnapshot(`
      [
        "registry_accounts: Too small: expected array to have >=1 items",
        "registry_accounts.0.name: must be a name without a colon",
        "registry_accounts.0.password: must be at most 72 bytes, for bcrypt",
        "registry_accounts: contains an account twice. Remove one entry",
      ]
    `);
  });
});
