import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { InputError } from '../../diagnostics/diagnostic.js';
import type { ServiceConfig } from './config-schema.js';
import { readDirectoryFlags } from './directories/directory-flags.js';
import type { EnvironmentConfig } from './environment-config.js';
import { readServiceConfig } from './read-config.js';
import { serviceOptions } from './service-options.js';

const folder = mkdtempSync(join(tmpdir(), 'service-options-'));
afterAll(() => rmSync(folder, { recursive: true }));

const refusal = (flags: ServiceConfig, environment: EnvironmentConfig = {}, file?: string) => {
  try {
    serviceOptions(flags, environment, file === undefined ? {} : readServiceConfig(file));
    return 'taken';
  } catch (error) {
    if (error instanceof InputError) {
      return error.diagnostics.map(({ message, place }) => `${place?.file}:${place?.line}: ${message}`).join('; ');
    }
    return String(error instanceof Error ? error.message : error);
  }
};

it('listens on loopback, and keeps all in one folder', () => {
  const options = serviceOptions({ state: folder }, {}, undefined);
  expect(options).toMatchObject({
    host: '127.0.0.1',
    port: 8080,
    database: join(folder, 'service.db'),
    tls: undefined,
  });
  expect(options.registry).toEqual({ host: '127.0.0.1', port: 5000, name: 'local', dir: join(folder, 'registry') });
});

it.each([
  [{ listen: '0.0.0.0:8080' }, '--listen 0.0.0.0:8080: passwords would cross the network unencrypted'],
  [{ listen: '[::]:8080' }, '--listen [::]:8080: passwords would cross'],
  [{ listen: 'host.example.com:8080' }, 'passwords would cross'],
  [{ registry_listen: '192.0.2.1:5000' }, '--registry-listen 192.0.2.1:5000: tokens would cross'],
  [{ listen: '8080' }, '--listen 8080: must be HOST:PORT'],
  [{ listen: '127.0.0.1:99999' }, 'must be HOST:PORT'],
  [
    { registry: false, registry_quotas: [{ prefix: '', bytes: 1000 }] },
    'registry_quotas: there is no registry beside the service',
  ],
  [{ tls_cert: 'x.pem' }, '--tls-cert and --tls-key are needed both, or neither'],
  [{ registries: [{ name: 'local', host: 'x:1', read_only: false }] }, 'local is the name of the registry beside'],
  [{ ldap_url: 'ldap://ldap.example.com', ldap_base: 'dc=x' }, 'passwords would cross the network unencrypted'],
  [{ ldap_url: 'ldaps://ldap.example.com' }, 'ldap_base: is needed'],
  [{ ldap_url: 'ldaps://a', ldap_base: 'dc=x', ldap_bind_dn: 'cn=x' }, 'are needed both, or neither'],
  [{ ldap_admin_group: 'x' }, 'ldap_admin_group: counts with ldap_url alone'],
  [{ oidc_issuer: 'http://login.example.com', oidc_client_id: 'x' }, 'logins would cross the network unencrypted'],
  [{ oidc_issuer: 'https://login.example.com' }, 'oidc_client_id: is needed'],
  [{ oidc_client_id: 'x' }, 'oidc_client_id: counts with oidc_issuer alone'],
])('refuses %j', (flags, message) => {
  expect(refusal(flags, {}, undefined)).toContain(message);
});

it.each([
  [{ listen: '127.1.2.3:1' }],
  [{ listen: '[::1]:1' }],
  [{ listen: 'localhost:1' }],
  [{ listen: '0.0.0.0:1', registry: false, trusted_proxy: true }],
  [{ listen: '0.0.0.0:1', tls_cert: 'c', tls_key: 'k', registry_listen: '0.0.0.0:2' }],
])('takes %j', (flags) => {
  expect(refusal(flags, {}, undefined)).toBe('taken');
});

it('takes flags before the environment, and that before the file, whose paths are of its own folder', () => {
  const file = join(folder, 'service.yaml');
  writeFileSync(file, 'state: here\nissuer: file\nlisten: 127.0.0.1:1\naudit_days: 7\ndatabase: other.db\n');
  const options = serviceOptions(
    { issuer: 'flag' },
    { issuer: 'environment', listen: '127.0.0.1:2' },
    readServiceConfig(file),
  );
  expect(options).toMatchObject({
    issuer: 'flag',
    port: 2,
    state: join(folder, 'here'),
    database: join(folder, 'other.db'),
  });
  expect(options.audit.days).toBe(7);
});

it('takes authorities in lists from the folder of the file, and those of the environment from where it runs', () => {
  const file = join(folder, 'lists.yaml');
  writeFileSync(
    file,
    'registries: [{ name: a, host: "a:1", ca: a.pem }, { name: b, host: "b:1" }]\nupstreams: [{ host: c, ca: c.pem }]\n',
  );
  const options = serviceOptions({}, {}, readServiceConfig(file));
  expect(options.registries.map(({ caFile }) => caFile)).toEqual([join(folder, 'a.pem'), undefined]);
  expect(options.upstreams.map(({ caFile }) => caFile)).toEqual([join(folder, 'c.pem')]);
  const given = serviceOptions({}, { registries: '[{"name":"a","host":"b:1","ca":"a.pem"}]' }, undefined);
  expect(given.registries.map(({ caFile }) => caFile)).toEqual([resolve('a.pem')]);
});

it('names the variable, or the place in the file, of what is wrong', () => {
  expect(refusal({}, { audit_days: 'many' }, undefined)).toContain('PROVISION_SERVICE_AUDIT_DAYS: ');
  expect(refusal({}, { registries: '[{' }, undefined)).toContain('PROVISION_SERVICE_REGISTRIES: ');
  expect(serviceOptions({}, { registry: 'false', registries: '[{"name":"a","host":"b:1"}]' }, undefined)).toMatchObject(
    {
      registry: undefined,
      registries: [{ name: 'a', host: 'b:1', isReadOnly: false }],
    },
  );
  const file = join(folder, 'wrong.yaml');
  writeFileSync(file, 'issuer: me\nlisten: nowhere\nlisen: x\n');
  expect(refusal({}, {}, file)).toMatch(/wrong\.yaml:2: .*HOST:PORT.*wrong\.yaml:3: /);
});

it('reads servers of a directory, and maps, from a file, the environment and flags', () => {
  const file = join(folder, 'directories.yaml');
  writeFileSync(
    file,
    'ldap_url: ldaps://a.example.com ldap://[::1]:1389\nldap_base: dc=x\nldap_ca: ca.pem\nldap_group_map: { a: b }\n',
  );
  const { ldap } = serviceOptions({}, { ldap_create: 'false', ldap_timeout: '9' }, readServiceConfig(file));
  expect(ldap).toMatchObject({
    servers: [
      { host: 'a.example.com', port: 636, tls: 'ldaps' },
      { host: '::1', port: 1389, tls: 'none' },
    ],
    caFile: join(folder, 'ca.pem'),
    map: { a: 'b' },
    creates: false,
    timeout: 9000,
  });
  const environment = {
    oidc_issuer: 'https://login.example.com',
    oidc_client_id: 'x',
    oidc_group_map: '{"devs":"team"}',
  };
  const flags = readDirectoryFlags({ oidcLoginDays: '7', oidcCreate: 'false', oidcScopes: 'openid groups' });
  expect(serviceOptions(flags, environment, undefined).oidc).toMatchObject({
    map: { devs: 'team' },
    scopes: 'openid groups',
    creates: false,
    longestAway: 7 * 86_400_000,
  });
  expect(() => readDirectoryFlags({ ldapUrl: 'http://x' })).toThrow('--ldap-url: must be ldaps://');
  expect(() => readDirectoryFlags({ oidcGroupMap: '{"a":"B B"}' })).toThrow('--oidc-group-map: must be small letters');
});

it('shows no password of a database', async () => {
  const { shownAddress } = await import('../store/open-database.js');
  expect(shownAddress('postgres://me:secret@db.example.com/x')).toBe('postgres://me@db.example.com/x');
});
