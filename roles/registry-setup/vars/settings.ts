import { z } from 'zod';
import { secret } from '../../../src/index.js';
import { driverVars } from './drivers.js';

/** A time as Go writes it. */
const duration = z.string().regex(/^(\d+(\.\d+)?(ns|us|ms|s|m|h))+$/, { error: 'must be a time, such as 30s or 168h' });
const address = z.string().regex(/:\d+$/, { error: 'must be host:port' });
const headers = z.record(z.string(), z.array(z.string()));
const checks = { interval: duration.optional(), threshold: z.int().positive().optional() };

/** What the registry's own configuration holds beside the folder of its images, TLS and accounts. */
export const settingVars = {
  ...driverVars,
  registry_cache: z
    .enum(['none', 'inmemory', 'redis'])
    .optional()
    .describe(
      'Where descriptors of blobs are cached. Default: `redis` if there is `registry_redis`, `none` with `registry_proxy`, else `inmemory`',
    ),
  registry_redis: z
    .strictObject({
      addrs: z.array(address).min(1),
      username: z.string().optional(),
      password: secret(z.string()).optional(),
      db: z.int().min(0).optional(),
      dialtimeout: duration.optional(),
      readtimeout: duration.optional(),
      writetimeout: duration.optional(),
      max_idle: z.int().min(0).optional(),
      max_active: z.int().min(0).optional(),
      idle_timeout: duration.optional(),
      mastername: z.string().optional(),
      tls: z
        .strictObject({
          certificate: z.string().optional(),
          key: z.string().optional(),
          rootcas: z.array(z.string()).optional(),
        })
        .optional(),
    })
    .optional()
    .describe(
      'Redis that replicas share; several `addrs` (a cluster), `username`, `mastername` and `tls` are for distribution 3.x',
    ),
  registry_proxy: z
    .strictObject({
      remoteurl: z.url({ protocol: /^https?$/, error: 'must be http://… or https://…' }),
      username: z.string().optional(),
      password: secret(z.string()).optional(),
      ttl: duration.optional(),
    })
    .optional()
    .describe(
      'A cache of one other registry: what is pulled and missing is fetched there. It takes no pushes. `ttl` is for distribution 3.x; 2.x keeps for seven days',
    ),
  registry_http_secret: secret(z.string().min(1))
    .optional()
    .describe('Secret that uploads are signed with; the same on all replicas. Default: another one at each start'),
  registry_http_host: z
    .url({ protocol: /^https?$/, error: 'must be http://… or https://…' })
    .optional()
    .describe('URL that clients reach it at, where that is not what they ask for'),
  registry_relativeurls: z.boolean().optional().describe('Answer with URLs without host, for proxies that change it'),
  registry_headers: headers.default({}).describe('More headers of answers, by name, each a list'),
  registry_log: z
    .strictObject({
      level: z.enum(['error', 'warn', 'info', 'debug']).optional(),
      formatter: z.enum(['text', 'json', 'logstash']).optional(),
      fields: z.record(z.string(), z.string()).optional(),
      accesslog: z.boolean().optional(),
    })
    .default({})
    .describe('What it logs; `accesslog: false`: no line a request'),
  registry_metrics: z
    .strictObject({
      port: z.int().min(1).max(65_535),
      address: z.string().default('127.0.0.1'),
      path: z.string().startsWith('/').optional(),
    })
    .optional()
    .describe('Metrics for Prometheus at a port of their own, beside `/debug/health`'),
  registry_upload_purging: z
    .strictObject({
      enabled: z.boolean().default(true),
      age: duration.default('168h'),
      interval: duration.default('24h'),
      dryrun: z.boolean().default(false),
    })
    .optional()
    .describe('Uploads that were never finished are removed. Default: after 168h, looked for each 24h'),
  registry_notifications: z
    .array(
      z.strictObject({
        name: z.string(),
        url: z.url({ protocol: /^https?$/, error: 'must be http://… or https://…' }),
        headers: secret(headers).optional(),
        timeout: duration.default('1s'),
        threshold: z.int().positive().default(5),
        backoff: duration.default('10s'),
        disabled: z.boolean().optional(),
        ignoredmediatypes: z.array(z.string()).optional(),
        ignore: z
          .strictObject({ mediatypes: z.array(z.string()).optional(), actions: z.array(z.string()).optional() })
          .optional(),
      }),
    )
    .default([])
    .describe('Who is told of pushes, pulls and deletes'),
  registry_health: z
    .strictObject({
      storagedriver: z.strictObject({ enabled: z.boolean().default(true), ...checks }).optional(),
      file: z.array(z.strictObject({ file: z.string(), ...checks })).optional(),
      http: z
        .array(
          z.strictObject({
            uri: z.url(),
            headers: secret(headers).optional(),
            timeout: duration.optional(),
            statuscode: z.int().optional(),
            ...checks,
          }),
        )
        .optional(),
      tcp: z.array(z.strictObject({ addr: address, timeout: duration.optional(), ...checks })).optional(),
    })
    .optional()
    .describe('What its health depends on; a `file` that exists takes it out of rotation'),
  registry_validation: z
    .strictObject({
      disabled: z.boolean().optional(),
      allow_urls: z.array(z.string()).optional(),
      deny_urls: z.array(z.string()).optional(),
      platforms: z
        .union([z.enum(['all', 'none']), z.array(z.strictObject({ os: z.string(), architecture: z.string() })).min(1)])
        .optional(),
    })
    .optional()
    .describe(
      'What pushed manifests are checked for: URLs of their layers; which platforms of an index must be there (`platforms`, `disabled`: distribution 3.x)',
    ),
  registry_catalog_maxentries: z.int().positive().optional().describe('Names in a page of the catalog, at most (1000)'),
  registry_tags_maxtags: z
    .int()
    .positive()
    .optional()
    .describe('Tags in a page of their list, at most (distribution 3.1; 1000)'),
};
