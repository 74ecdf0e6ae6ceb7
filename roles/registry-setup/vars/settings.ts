import { z } from 'zod';
import { controllerFile, secret } from '../../../src/index.js';
import { driverVars } from './drivers.js';

/** A time as Go writes it. */
const duration = z.string().regex(/^(\d+(\.\d+)?(ns|us|ms|s|m|h))+$/, { error: 'must be a time, such as 30s or 168h' });
const address = z.string().regex(/:\d+$/, { error: 'must be host:port' });
const headers = z.record(z.string(), z.array(z.string()));
const checks = { interval: duration.optional(), threshold: z.int().positive().optional() };

/** Variables of the registry's own configuration, beside storage folder, TLS and accounts. */
export const settingVars = {
  ...driverVars,
  registry_cache: z
    .enum(['none', 'inmemory', 'redis'])
    .optional()
    .describe(
      'Cache of blob descriptors. Default: `redis` if there is `registry_redis`, `none` with `registry_proxy`, else `inmemory`',
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
      ca: z
        .union([
          z.literal('own-ca'),
          z.strictObject({ src: controllerFile(z.string().min(1)) }),
          z.strictObject({ content: z.string().min(1) }),
        ])
        .optional(),
    })
    .optional()
    .describe(
      "Pull-through cache of one other registry. It refuses pushes. `ttl`: time for which content stays, in distribution 3.x since it was fetched, in the embedded registry since it was last pulled; seven days by default, and always in distribution 2.x. `ca`: the authority that signed the other's certificate: `own-ca`, `{src}` of the controller, or `{content}`",
    ),
  registry_http_secret: secret(z.string().min(1))
    .optional()
    .describe('Secret that signs uploads; the same on all replicas. Default: a new one at each start'),
  registry_http_host: z
    .url({ protocol: /^https?$/, error: 'must be http://… or https://…' })
    .optional()
    .describe('URL of the registry for clients, where it differs from the one that they request'),
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
    .describe('Logging; `accesslog: false`: no line per request'),
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
    .describe('Removal of unfinished uploads. Default: after 168h, checked every 24h'),
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
    .describe('Endpoints that are notified of pushes, pulls and deletes'),
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
    .describe('Health checks; a `file` that exists makes it unhealthy'),
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
      'Checks of pushed manifests: URLs of their layers; platforms that an index must have (`platforms`, `disabled`: distribution 3.x)',
    ),
  registry_catalog_maxentries: z.int().positive().optional().describe('Names in a page of the catalog, at most (1000)'),
  registry_tags_maxtags: z
    .int()
    .positive()
    .optional()
    .describe('Tags in a page of their list, at most (distribution 3.1; 1000)'),
};
