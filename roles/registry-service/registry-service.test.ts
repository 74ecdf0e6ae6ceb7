import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { serviceConfig as schema } from '../../src/service/config/config-schema.js';
import { hostContext } from '../../test/kit/converge-locally.js';
import { ldap, oidc } from './directories.js';
import role from './index.js';
import { configOf, unitText } from './service-files.js';
import { settings } from './settings.js';
import { vars } from './vars.js';

const flags = { force: false, sync: undefined, check: false };

function tasks(given: z.input<typeof vars> = {}, facts = {}): string[] {
  const host = hostContext({ facts: { uid: 0, service_manager: 'systemd', ...facts } });
  const context = { vars: vars.parse(given), facts: host.facts, host, flags, inventoryHostname: 'svc' };
  return role.tasks(context).map((item) => (item.kind === 'flush' ? item.kind : item.name));
}

const all = {
  registry_service_url: 'https://service.example.com/',
  registry_service_admin: { name: 'anna', password: 'correct horse' },
  registry_service_database: 'postgres://provision:s3cret@db/provision',
  registry_service_registries: [
    { name: 'production', host: 'registry1:5000', ca: 'own-ca' as const, read_only: true },
    { name: 'edge', host: 'edge.example.com' },
  ],
  registry_service_registry: { listen: '0.0.0.0:5000', directory: '/srv/images' },
  registry_service_settings: { default_visibility: 'internal' as const, log: true },
};
const directories = {
  registry_service_ldap: {
    url: 'ldaps://ldap.example.com',
    base: 'ou=people,dc=example,dc=com',
    bind_dn: 'cn=provision,dc=example,dc=com',
    password: 'p4ss of ldap',
    ca: { content: 'PEM' },
    group_map: { developers: 'team' },
  },
  registry_service_oidc: {
    issuer: 'https://login.example.com',
    client_id: 'provision',
    client_secret: 's3cret of oidc',
    ca: 'own-ca' as const,
  },
};

describe('registry-service', () => {
  it('sets up the program, its user, files, unit, and a backup', () => {
    expect(tasks()).toMatchInlineSnapshot(`
      [
        "the program of the service",
        "user provision",
        "directory /etc/provision-service",
        "directory /var/lib/provision-service",
        "directory /etc/provision-service/tls",
        "certificate /etc/provision-service/tls/service.crt",
        "ca_certificate /etc/provision-service/tls/ca.crt",
        "template /etc/provision-service/service.yaml",
        "file /etc/systemd/system/provision-service.service",
        "service provision-service",
        "flush",
        "the service answers",
        "firewall_port 8443/tcp",
        "directory /var/backups/provision-service",
        "systemd_timer provision-service-backup",
      ]
    `);
  });

  it('brings an account, authorities, the client of PostgreSQL and both ports where they are asked for', () => {
    const names = tasks({ ...all, registry_service_backup_schedule: 'daily' });
    expect(names).toEqual(
      expect.arrayContaining([
        'the first account',
        'ca_certificate /etc/provision-service/registries/production.pem',
        'package postgresql-client',
        'directory /srv/images',
        'firewall_port 8443/tcp',
        'firewall_port 5000/tcp',
      ]),
    );
  });

  it('brings secrets and authorities of directories as files, and names them in the configuration', () => {
    expect(tasks(directories).filter((name) => name.includes('/directories'))).toEqual([
      'directory /etc/provision-service/directories',
      'file /etc/provision-service/directories/ldap.pem',
      'file /etc/provision-service/directories/ldap-password',
      'ca_certificate /etc/provision-service/directories/oidc.pem',
      'file /etc/provision-service/directories/oidc-client-secret',
    ]);
    const config = configOf(vars.parse(directories), 'svc');
    expect(config).toMatchObject({
      ldap_url: 'ldaps://ldap.example.com',
      ldap_password_file: '/etc/provision-service/directories/ldap-password',
      ldap_ca: '/etc/provision-service/directories/ldap.pem',
      oidc_client_secret_file: '/etc/provision-service/directories/oidc-client-secret',
    });
    expect(JSON.stringify(config)).not.toMatch(/p4ss|s3cret|PEM/);
  });

  it('brings the token of the metrics as a file, and refuses metrics that the network could read', () => {
    const given = { registry_service_metrics_token: 'b7e1c0a95d3f4e62' };
    expect(tasks(given)).toContain('file /etc/provision-service/metrics-token');
    const config = configOf(vars.parse(given), 'svc');
    expect(config).toMatchObject({ metrics_token_file: '/etc/provision-service/metrics-token' });
    expect(JSON.stringify(config)).not.toContain('b7e1');
    const open = { registry_service_settings: { metrics: 'open' as const } };
    expect(vars.safeParse(open).error?.issues).toEqual([
      expect.objectContaining({
        path: ['registry_service_settings'],
        message: expect.stringContaining('metrics: open'),
      }),
    ]);
    expect(vars.safeParse({ ...open, registry_service_listen: '127.0.0.1:8443' }).success).toBe(true);
    expect(vars.safeParse({ registry_service_metrics_token: 'short' }).success).toBe(false);
  });

  it('leaves the backup of PostgreSQL to its operator unless asked', () => {
    expect(tasks(all)).not.toContain('package postgresql-client');
    expect(tasks({ registry_service_backup_schedule: 'never' })).not.toContain(
      'directory /var/backups/provision-service',
    );
  });

  it('is removed with its secrets, and what it keeps stays', () => {
    expect(tasks({ registry_service_state: 'absent' })).toMatchInlineSnapshot(`
      [
        "systemd_timer provision-service-backup",
        "service provision-service",
        "file /etc/systemd/system/provision-service.service",
        "directory /etc/provision-service",
        "provision_program /opt/provision",
      ]
    `);
    expect(tasks({ registry_service_state: 'absent', registry_service_remove_data: true }).slice(-2)).toEqual([
      'directory /var/lib/provision-service',
      'user provision',
    ]);
  });

  it('is refused where nothing would run it', () => {
    expect(tasks({}, { service_manager: 'none' })).toEqual(['systemd is there']);
  });

  it('has a configuration that the service takes', () => {
    for (const given of [{}, all, directories]) {
      const config = configOf(vars.parse(given), 'svc');
      expect(schema.safeParse(config).error).toBeUndefined();
    }
    expect(configOf(vars.parse(all), 'svc')).toMatchInlineSnapshot(`
      {
        "database": "postgres://provision:s3cret@db/provision",
        "default_visibility": "internal",
        "first_account": "/etc/provision-service/first-account",
        "listen": "0.0.0.0:8443",
        "log": true,
        "registries": [
          {
            "ca": "/etc/provision-service/registries/production.pem",
            "host": "registry1:5000",
            "name": "production",
            "read_only": true,
          },
          {
            "host": "edge.example.com",
            "name": "edge",
          },
        ],
        "registry": true,
        "registry_dir": "/srv/images",
        "registry_listen": "0.0.0.0:5000",
        "registry_name": "local",
        "state": "/var/lib/provision-service",
        "tls_ca": "/etc/provision-service/tls/ca.crt",
        "tls_cert": "/etc/provision-service/tls/service.crt",
        "tls_key": "/etc/provision-service/tls/service.key",
        "url": "https://service.example.com",
      }
    `);
    expect(configOf(vars.parse({}), 'svc')).toMatchObject({ url: 'https://svc:8443', registry: false });
  });

  it('knows the options of the service, as the service itself does', () => {
    for (const [name, field] of Object.entries(settings.shape)) {
      const own = schema.shape[name as keyof typeof schema.shape];
      for (const value of [0, 1, 59, 60, 9, 10, 0.5, 999, 1000, 86_400, 86_401, 2e6, true, 'public', 'a b', 'x'])
        expect([name, value, field.safeParse(value).success]).toEqual([name, value, own.safeParse(value).success]);
    }
  });

  it.each([
    ['ldap', ldap, { password: 'password_file' }],
    ['oidc', oidc, { client_secret: 'client_secret_file' }],
  ] as const)('knows the options of the service about %s, and takes nothing that the service refuses', (prefix, own, files) => {
    const nameOf = (name: string) => `${prefix}_${(files as Record<string, string>)[name] ?? name}`;
    const names = Object.keys(schema.shape).filter((name) => name.startsWith(`${prefix}_`));
    expect(Object.keys(own.shape).map(nameOf).sort()).toEqual(names.sort());
    const values = [
      0,
      1,
      60,
      61,
      100,
      101,
      3651,
      86_401,
      true,
      '',
      'a',
      'a b',
      'a=b',
      'sub',
      'openid a',
      'x'.repeat(600),
    ];
    const maps = [{ a: 'b' }, { a: 'B c' }, { a: '' }, { '': 'a' }];
    for (const [name, field] of Object.entries(own.shape)) {
      const theirs = schema.shape[nameOf(name) as keyof typeof schema.shape];
      for (const value of [...values, ...maps, 'ldap://a', 'ldaps://a:636 ldap://b', 'http://a', 'https://a/b'])
        if (field.safeParse(value).success)
          expect([name, value, theirs.safeParse(value).error]).toEqual([name, value, undefined]);
    }
  });

  it('has a unit without root, which may write nothing but what it keeps', () => {
    expect(unitText(vars.parse({}))).toMatchInlineSnapshot(`
      "# Managed by provision.
      [Unit]
      Description=Accounts, tokens and the index of registries (provision serve)
      After=network-online.target postgresql.service
      Wants=network-online.target

      [Service]
      User=provision
      Group=provision
      ExecStart=/opt/provision/bin/provision serve --config /etc/provision-service/service.yaml
      WorkingDirectory=/var/lib/provision-service
      Restart=on-failure
      RestartSec=2
      UMask=0077
      NoNewPrivileges=yes
      CapabilityBoundingSet=
      AmbientCapabilities=
      ProtectSystem=strict
      ReadWritePaths=/var/lib/provision-service
      ProtectHome=yes
      PrivateTmp=yes
      PrivateDevices=yes
      ProtectClock=yes
      ProtectHostname=yes
      ProtectKernelLogs=yes
      ProtectKernelModules=yes
      ProtectKernelTunables=yes
      ProtectControlGroups=yes
      RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
      RestrictNamespaces=yes
      RestrictRealtime=yes
      RestrictSUIDSGID=yes
      LockPersonality=yes
      SystemCallArchitectures=native

      [Install]
      WantedBy=multi-user.target
      "
    `);
    const low = unitText(vars.parse({ registry_service_listen: '0.0.0.0:443' }));
    expect(low).toContain('AmbientCapabilities=CAP_NET_BIND_SERVICE');
    expect(unitText(vars.parse(all))).toContain('ReadWritePaths=/var/lib/provision-service /srv/images');
  });

  it.each([
    [{ registry_service_tls: 'off' }, 'off would send passwords unencrypted'],
    [
      {
        registry_service_tls: 'off',
        registry_service_listen: '127.0.0.1:8080',
        registry_service_registry: { listen: '[::]:5000' },
      },
      'off would send',
    ],
    [{ registry_service_listen: '8443' }, 'must be HOST:PORT'],
    [{ registry_service_listen: '0.0.0.0:70000' }, 'must be HOST:PORT'],
    [{ registry_service_database: '/var/lib/x.db' }, 'must be postgres://'],
    [{ registry_service_admin: { name: 'Anna', password: 'correct horse' } }, 'must be small letters'],
    [{ registry_service_admin: { name: 'anna', password: 'short' } }, 'must have at least 8 characters'],
    [
      {
        registry_service_registries: [{ name: 'local', host: 'a' }],
        registry_service_registry: { listen: '127.0.0.1:5000' },
      },
      'has the name of',
    ],
    [{ registry_service_directory: '/srv/a b' }, 'must be an absolute path, without blanks'],
    [{ registry_service_ldap: { url: 'ldap://a', base: 'dc=a', bind_dn: 'cn=a' } }, 'needs bind_dn and password'],
    [{ registry_service_ldap: { url: 'http://a', base: 'dc=a' } }, 'must be ldaps://'],
    [{ registry_service_oidc: { issuer: 'ftp://a', client_id: 'a' } }, 'must be https://'],
    [{ registry_service_tls: { ca: 'own', days: 10, renew_days: 10 } }, 'renew_days must be less than days'],
  ])('refuses %j', (given, message) => {
    expect(
      vars
        .safeParse(given)
        .error?.issues.map((issue) => issue.message)
        .join('; '),
    ).toContain(message);
  });

  it.each([
    [{ registry_service_tls: 'off', registry_service_listen: '127.0.0.1:8080' }],
    [{ registry_service_tls: 'off', registry_service_trusted_proxy: true }],
  ])('takes %j', (given) => {
    expect(vars.safeParse(given).error).toBeUndefined();
  });
});
