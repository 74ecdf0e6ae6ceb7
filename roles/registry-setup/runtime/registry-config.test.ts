import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { deleteSwitchFails, distributionOf } from '../instance/distribution.js';
import { instancesOf } from '../instance/instance.js';
import { vars } from '../vars.js';
import { hasSecrets, registryConfig } from './registry-config.js';

const debian = { os_family: 'debian', uid: 0, home: '/root' } as const;

function instance(given: Record<string, unknown>) {
  const [first] = instancesOf(vars.parse(given), debian);
  if (first === undefined) throw new Error('no registry');
  return first;
}

const written = (given: Record<string, unknown>) => stringify(registryConfig(instance(given)), { version: '1.1' });

const redis = { addrs: ['redis1:6379'], password: 'p', db: 1, max_idle: 16, max_active: 64, idle_timeout: '300s' };
const s3 = { region: 'r', bucket: 'b', regionendpoint: 'http://s3:7480', accesskey: 'a', secretkey: 's' };
const three = { registry_runtime: 'docker', registry_image: 'registry:3.1.1' };

describe("the registry's configuration", () => {
  it('is short where nothing is asked for', () => {
    expect(written({})).toMatchInlineSnapshot(`
      "version: 0.1
      log:
        fields:
          service: registry
      storage:
        cache:
          blobdescriptor: inmemory
        filesystem:
          rootdirectory: /var/lib/docker-registry
      http:
        addr: :5000
        headers:
          X-Content-Type-Options:
            - nosniff
      "
    `);
  });

  it('has everything that can be asked for, in the words of 2.x', () => {
    expect(
      written({
        registry_s3: { ...s3, secure: false, chunksize: 5_242_880 },
        registry_redis: redis,
        registry_redirect_disable: true,
        registry_read_only: true,
        registry_upload_purging: { age: '24h' },
        registry_http_secret: 'same',
        registry_relativeurls: true,
        registry_metrics: { port: 5001 },
        registry_log: { level: 'warn', formatter: 'json', fields: { site: 'a' }, accesslog: false },
        registry_notifications: [{ name: 'n', url: 'http://127.0.0.1:9/', headers: { Authorization: ['x'] } }],
        registry_health: { storagedriver: { interval: '10s', threshold: 3 }, file: [{ file: '/srv/down' }] },
        registry_validation: { allow_urls: ['^https://example\\.org/'] },
        registry_catalog_maxentries: 100,
        registry_tls: { certificate: '/c', key: '/k' },
        registry_htpasswd: '/h',
      }),
    ).toMatchInlineSnapshot(`
      "version: 0.1
      log:
        level: warn
        formatter: json
        accesslog:
          disabled: true
        fields:
          service: registry
          site: a
      storage:
        cache:
          blobdescriptor: redis
        s3:
          region: r
          bucket: b
          regionendpoint: http://s3:7480
          accesskey: a
          secretkey: s
          secure: false
          chunksize: 5242880
        redirect:
          disable: true
        maintenance:
          readonly:
            enabled: true
          uploadpurging:
            enabled: true
            age: 24h
            interval: 24h
            dryrun: false
      http:
        addr: :5000
        secret: same
        relativeurls: true
        headers:
          X-Content-Type-Options:
            - nosniff
        debug:
          addr: 127.0.0.1:5001
          prometheus:
            enabled: true
        tls:
          certificate: /c
          key: /k
      auth:
        htpasswd:
          realm: Registry
          path: /h
      redis:
        addr: redis1:6379
        password: p
        db: 1
        pool:
          maxidle: 16
          maxactive: 64
          idletimeout: 300s
      notifications:
        endpoints:
          - name: "n"
            url: http://127.0.0.1:9/
            headers:
              Authorization:
                - x
            timeout: 1s
            threshold: 5
            backoff: 10s
      health:
        storagedriver:
          enabled: true
          interval: 10s
          threshold: 3
        file:
          - file: /srv/down
      validation:
        manifests:
          urls:
            allow:
              - ^https://example\\.org/
      catalog:
        maxentries: 100
      "
    `);
  });

  it('is in the words of 3.x for 3.x', () => {
    const { storage, redis: section } = registryConfig(instance({ ...three, registry_s3: s3, registry_redis: redis }));
    expect({ storage, section }).toMatchInlineSnapshot(`
      {
        "section": {
          "addrs": [
            "redis1:6379",
          ],
          "connmaxidletime": "300s",
          "db": 1,
          "maxidleconns": 16,
          "password": "p",
          "poolsize": 64,
        },
        "storage": {
          "cache": {
            "blobdescriptor": "redis",
          },
          "s3": {
            "accesskey": "a",
            "bucket": "b",
            "forcepathstyle": true,
            "region": "r",
            "regionendpoint": "http://s3:7480",
            "secretkey": "s",
          },
        },
      }
    `);
  });

  it('has no cache of descriptors where it is a cache of a registry', () => {
    const { storage, proxy } = registryConfig(instance({ registry_proxy: { remoteurl: 'http://upstream:5000' } }));
    expect({ storage, proxy }).toMatchInlineSnapshot(`
      {
        "proxy": {
          "remoteurl": "http://upstream:5000",
        },
        "storage": {
          "delete": {
            "enabled": true,
          },
          "filesystem": {
            "rootdirectory": "/var/lib/docker-registry",
          },
        },
      }
    `);
  });

  it.each([
    [{}, false],
    [{ registry_s3: { region: 'r', bucket: 'b' } }, false],
    [{ registry_s3: s3 }, true],
    [{ registry_redis: redis }, true],
    [{ registry_http_secret: 'x' }, true],
    [{ registry_proxy: { remoteurl: 'http://u', username: 'u', password: 'p' } }, true],
  ])('is secret where it has secrets: %j', (given, expected) => {
    expect(hasSecrets(instance(given))).toBe(expected);
  });

  it('says what YAML of 1.1 would read otherwise in quotes', () => {
    const text = written({ registry_s3: { region: 'no', bucket: '0123' } });
    expect(parse(text, { version: '1.1' })).toMatchObject({ storage: { s3: { region: 'no', bucket: '0123' } } });
    expect(text).toContain('region: "no"');
  });
});

it.each([
  ['docker', 'registry:2', undefined, '2', false],
  ['docker', 'registry:3', undefined, '3', false],
  ['podman', 'mirror:5000/registry:3.0.0', undefined, '3.0.0', true],
  ['docker', 'registry:3.1.0-alpine', undefined, '3.1.0', true],
  ['docker', 'registry:v3.1.1', undefined, '3.1.1', false],
  ['docker', 'registry@sha256:0123', '3.0', '3.0', true],
  ['docker', 'mirror:5000/registry', undefined, '2.8', false],
  ['package', 'registry:3', undefined, '2.8', false],
])('%s with %s, said to be %s, is %s', (registry_runtime, registry_image, registry_distribution_version, version, fails) => {
  const distribution = distributionOf(vars.parse({ registry_runtime, registry_image, registry_distribution_version }));
  expect(distribution.version).toBe(version);
  expect(deleteSwitchFails(distribution)).toBe(fails);
});

it.each([
  [
    { registry_s3: { region: 'r', bucket: 'b', forcepathstyle: true } },
    [
      'registry_s3.forcepathstyle: distribution 2.8 does not support storage.s3.forcepathstyle. Remove it, or set registry_distribution_version',
    ],
  ],
  [
    { ...three, registry_swift: { authurl: 'u', username: 'u', password: 'p', container: 'c' } },
    [
      'registry_swift: distribution 3.1.1 does not support storage.swift. Remove it, or set registry_distribution_version',
    ],
  ],
  [
    { registry_proxy: { remoteurl: 'http://u', ttl: '1h' }, registry_cache: 'inmemory', registry_read_only: true },
    [
      'registry_proxy.ttl: distribution 2.8 does not support proxy.ttl. Remove it, or set registry_distribution_version',
      'registry_cache: cannot be used with registry_proxy: expired blobs would be announced but not served. Remove one of them',
      'registry_proxy: a pull-through cache must be writable. Remove registry_read_only',
    ],
  ],
  [{ registry_cache: 'redis' }, ['registry_cache: needs registry_redis. Give its addrs']],
  [
    { registry_redis: { addrs: ['a:1', 'b:1'], tls: {} } },
    [
      'registry_redis.tls: distribution 2.8 does not support redis.tls. Remove it, or set registry_distribution_version',
      'registry_redis.addrs: distribution 2.x supports one address. Give one, or set registry_distribution_version: "3.1"',
    ],
  ],
  [
    { registry_s3: { region: 'r', bucket: 'b', accesskey: 'a' }, registry_inmemory: true },
    [
      'registry_inmemory: cannot be used with registry_s3: a registry has one storage. Remove one of them',
      'registry_s3: needs accesskey and secretkey, or neither',
    ],
  ],
  [
    { registry_runtime: 'embedded', registry_inmemory: true, registry_log: { level: 'debug' } },
    [
      'registry_inmemory: not supported with registry_runtime: embedded. Remove it, or choose another runtime',
      'registry_log: not supported with registry_runtime: embedded. Remove it, or choose another runtime',
    ],
  ],
  [
    {
      registry_runtime: 'embedded',
      registry_read_only: true,
      registry_proxy: { remoteurl: 'https://r.example.com/v2', username: 'a', ttl: '1h' },
    },
    [
      'registry_proxy: a pull-through cache must be writable. Remove registry_read_only',
      'registry_proxy: needs username and password, or neither',
      'registry_proxy.remoteurl: must have no path: repositories keep the names that they have upstream',
    ],
  ],
  [
    { registry_sparse_indexes: true, registry_instances: [{ port: 1 }, { port: 2, metrics_path: '/figures' }] },
    [
      'registry_sparse_indexes: needs registry_runtime: embedded. Remove it, or choose that runtime',
      'registry_instances.1.metrics_path: needs registry_runtime: embedded. Remove it, or choose that runtime',
    ],
  ],
  [
    { registry_runtime: 'embedded', registry_metrics_path: '/v2/figures', registry_max_manifest_size: '1M' },
    [
      'registry_metrics_path: must be a path, not below /v2/: /metrics',
      'registry_max_manifest_size: must be between 4M and 1G',
    ],
  ],
  [
    {
      registry_runtime: 'embedded',
      registry_anonymous_pull: true,
      registry_tls_client_auth: 'optional',
      registry_read_only: true,
      registry_headers: { 'Content-Length': ['1'] },
      registry_notifications: [{ name: 'a', url: 'http://x', timeout: '1000h' }],
    },
    [
      'registry_anonymous_pull: needs registry_accounts, registry_htpasswd or registry_tls_client_ca: everybody may do everything',
      'registry_tls_client_auth: needs registry_tls_client_ca',
      'registry_notifications: needs registry_notifications_directory where the registry is read-only: events wait in files',
      'registry_headers.Content-Length: Content-Length is set by the registry itself. Remove it',
      'registry_notifications.0.timeout: must be a time, such as 500ms, 30s or 1m30s',
    ],
  ],
  [
    { registry_quotas: [{ prefix: 'team/', bytes: '1G' }] },
    ['registry_quotas: needs registry_runtime: embedded. Remove it, or choose that runtime'],
  ],
  [
    { registry_tags_maxtags: 5, registry_instances: [{ port: 1 }, { port: 2, validation: { platforms: 'none' } }] },
    [
      'registry_tags_maxtags: distribution 2.8 does not support tags.maxtags. Remove it, or set registry_distribution_version',
      'registry_instances.1.validation.platforms: distribution 2.8 does not support validation.manifests.indexes.platforms. Remove it, or set registry_distribution_version',
    ],
  ],
])('refuses %j', (given, expected) => {
  const { error } = vars.safeParse(given);
  expect(error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)).toEqual(expected);
});
