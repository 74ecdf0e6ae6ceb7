import { z } from 'zod';
import { secret } from '../../../model/marks/secret.js';
import { isRegistryHost } from '../../names.js';
import { upstreamAddress } from '../pull-through/pull-through-options.js';
import { prefixQuotas } from '../quotas/prefix-quotas.js';
import { headerProblem, isOrigin } from '../rules/extra-headers.js';
import { immutableTags } from '../rules/immutable-tags.js';
import { byteCount } from './byte-count.js';
import { durationOf, longDurationOf } from './duration.js';
import { metricsPath } from './metrics-path.js';

const file = z.string().min(1);
const duration = z
  .string()
  .refine((text) => durationOf(text) !== undefined, { error: 'must be a time, such as 500ms, 30s or 1m30s' });
const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
/** Number of seconds: `12h`, `30d`, or a plain number. */
const seconds = z
  .union([z.int().min(0), z.string().regex(/^\d+[smhdw]$/, { error: 'must be a time, such as 12h or 30d' })])
  .transform((given) =>
    typeof given === 'number' ? given : Number(given.slice(0, -1)) * (units[given.slice(-1)] ?? 1),
  );
/** Number of seconds, as {@link seconds} has them or as Go writes them: `168h`, `1h30m`. */
const longSeconds = z
  .union([z.int().min(0), z.string()])
  .transform((given) => (typeof given === 'number' ? given : longDurationOf(given)))
  .refine((time) => time !== undefined, { error: 'must be a time, such as 12h, 7d or 168h' })
  .transform((time) => time ?? 0);
const tokenName = z.string().regex(/^[^"\\\p{Cc}]+$/u, { error: 'must be a text without quotes' });
const leastManifest = 4 << 20;
const mostManifest = 1 << 30;

/** Keys of the configuration file of `provision registry serve`: each option by its name, with `_` for `-`. */
export const serverConfig = z.strictObject({
  dir: file.optional().describe('Folder of the storage; made when it is missing. Required here or as `--dir`'),
  host: z.string().min(1).optional().describe('Address to listen on. Default: `127.0.0.1`'),
  port: z.int().min(0).max(65_535).optional().describe('Port to listen on; 0: any that is free. Default: 5000'),
  read_only: z.boolean().optional().describe('Refuse all writes. Default: false'),
  delete: z.boolean().optional().describe('Allow manifests, tags and blobs to be deleted. Default: false'),
  sparse_indexes: z.boolean().optional().describe('Take indexes some of whose manifests are not there. Default: false'),
  metrics_path: metricsPath,
  max_manifest_size: z
    .int()
    .min(leastManifest)
    .max(mostManifest)
    .optional()
    .describe('Bytes of a manifest at most. Default: 4194304'),
  immutable_tags: z
    .array(z.string())
    .superRefine((patterns, context) => {
      const read = immutableTags(patterns);
      if ('problem' in read) context.addIssue({ code: 'custom', message: read.problem });
    })
    .optional()
    .describe(
      'Tags that are neither moved nor deleted once they are there: `REPOSITORY:TAG`, with `*`, `**`, `?` and `[a-z]` in both',
    ),
  quotas: prefixQuotas
    .optional()
    .describe('Bytes that the repositories of a prefix may have in all, each content once. Default: what the disk has'),
  proxy_url: z
    .string()
    .superRefine((url, context) => {
      const address = upstreamAddress(url);
      if (typeof address === 'string') context.addIssue({ code: 'custom', message: address });
    })
    .optional()
    .describe(
      'Registry that is asked for what is not here: `https://registry-1.docker.io`. Pushes are refused then. Default: none',
    ),
  proxy_username: z.string().min(1).optional().describe('Account there. Default: none'),
  proxy_password_file: file
    .optional()
    .describe('File with the password of the account, which nobody else may read. A change counts at once'),
  proxy_authfile: file
    .optional()
    .describe('File of accounts as docker and podman write it, in place of the account and its password'),
  proxy_ca: file
    .optional()
    .describe('Authorities that sign the certificate of that registry, PEM. Default: those of the system'),
  proxy_ttl: longSeconds
    .optional()
    .describe('Time after its last pull in which an image stays: `30d`, `168h`; 0: for ever. Default: `7d`'),
  proxy_tag_ttl: longSeconds
    .optional()
    .describe('Time in which a tag is not looked up again: `10m`; 0: it is looked up at each pull. Default: `1m`'),
  proxy_namespaces: z
    .array(z.string().refine(isRegistryHost, { error: 'must be a registry: docker.io' }))
    .optional()
    .describe('Registries (`?ns=` of containerd) whose images are served. Default: that of proxy_url'),
  htpasswd: file
    .optional()
    .describe('File of accounts, bcrypt. Default: everybody may do everything. A change counts within seconds'),
  access: file
    .optional()
    .describe('File of rights: which accounts may do what. Default: each may do all. A change counts within seconds'),
  anonymous_pull: z
    .boolean()
    .optional()
    .describe('Let everybody pull, without an account; a push needs one. Default: false'),
  token_realm: z
    .url({ protocol: /^https?$/, error: 'must be http://… or https://…' })
    .regex(/^[^"\\\s]+$/, { error: 'must have no quotes or blanks' })
    .optional()
    .describe('URL of the token server that says who may do what, in place of accounts and rights here. Default: none'),
  token_service: tokenName.optional().describe('Name of this registry at the token server: the audience of its tokens'),
  token_issuer: tokenName.optional().describe('Name of the token server: the issuer of its tokens'),
  token_rootcertbundle: file
    .optional()
    .describe("Certificates of the token server's keys, or of their authority, PEM. A change counts within seconds"),
  tls_cert: file
    .optional()
    .describe('Certificate of the registry, PEM. Default: plain http. A change counts within seconds'),
  tls_key: file.optional().describe('Key of the certificate, PEM'),
  tls_client_ca: file
    .optional()
    .describe(
      'Authorities that sign certificates of clients, PEM. The name (CN) in a certificate is the account. A change counts within seconds',
    ),
  tls_client_auth: z
    .enum(['require', 'optional'])
    .optional()
    .describe(
      '`require`: nobody connects without such a certificate; `optional`: an account does as well. Default: `require`',
    ),
  gc_every: seconds
    .refine((time) => time >= 60, { error: 'must be a minute or more' })
    .optional()
    .describe('Collect garbage so often: `12h`, `1d`. Default: only when asked to'),
  gc_grace: seconds
    .optional()
    .describe('Time for which garbage stays after its last use, as long as a push may take. Default: `1d`'),
  gc_delete_untagged: z
    .boolean()
    .optional()
    .describe('Also collect manifests that have no tag and belong to none that has. Default: false'),
  scrub_rate: byteCount
    .refine((rate) => rate >= 1024, { error: 'must be 1K or more' })
    .optional()
    .describe('Check all content against its digests once a day, reading so many bytes a second. Default: not checked'),
  rate_limit: z
    .strictObject({
      requests: z.number().positive().describe('Requests a second; 0.5: one in two seconds'),
      burst: z.int().min(1).optional().describe('Requests at once. Default: as many as in a second'),
    })
    .optional()
    .describe(
      'Requests of a client: an account, or an address where it has none. More are refused with 429. Default: without a limit',
    ),
  headers: z
    .record(
      z.string(),
      z.union([z.string(), z.array(z.string())]).transform((given) => [given].flat()),
    )
    .superRefine((headers, context) => {
      for (const [name, values] of Object.entries(headers)) {
        const message = headerProblem(name, values);
        if (message !== undefined) context.addIssue({ code: 'custom', message, path: [name] });
      }
    })
    .optional()
    .describe('Headers of all answers beside the own ones, by name, each a text or a list. Default: none'),
  cors_origins: z
    .array(z.string().refine(isOrigin, { error: 'must be an origin, such as https://ui.example.com, or "*"' }))
    .optional()
    .describe(
      'Origins of pages in browsers that may use the registry: `https://ui.example.com`, or `*`. Default: none',
    ),
  notifications: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        url: z.url({ protocol: /^https?$/, error: 'must be http://… or https://…' }),
        headers: secret(z.record(z.string(), z.array(z.string())))
          .optional()
          .describe('Headers of requests to it'),
        timeout: duration.optional().describe('Time in which it answers. Default: 1s'),
        threshold: z.int().positive().optional().describe('Failures in a row until each try waits. Default: 5'),
        backoff: duration.optional().describe('Time that it waits then. Default: 10s'),
        disabled: z.boolean().optional(),
        ignoredmediatypes: z.array(z.string()).optional(),
        ignore: z
          .strictObject({
            mediatypes: z.array(z.string()).optional(),
            actions: z.array(z.enum(['push', 'pull', 'mount', 'delete'])).optional(),
          })
          .optional(),
      }),
    )
    .refine((endpoints) => new Set(endpoints.map(({ name }) => name)).size === endpoints.length, {
      error: 'has two endpoints with one name. Rename one',
    })
    .optional()
    .describe(
      'Endpoints that are notified of pushes, pulls, mounts and deletes, as docker-registry has them. Default: none',
    ),
  notifications_ca: file
    .optional()
    .describe(
      'Authorities that sign certificates of endpoints, PEM, beside those of the system. A change counts at once',
    ),
  notifications_directory: file
    .optional()
    .describe('Folder of the events that wait; of one server alone. Default: `provision/notifications` in the storage'),
  notifications_max_bytes: byteCount
    .optional()
    .describe('Bytes of events that may wait for each endpoint; more are dropped. Default: `64M`'),
  log: z.boolean().optional().describe('Log each request. Default: false'),
});

/** Options of the server as its configuration file has them. */
export type ServerConfig = z.output<typeof serverConfig>;

/** Keys that name files or folders. */
export const fileKeys = [
  'dir',
  'proxy_password_file',
  'proxy_authfile',
  'proxy_ca',
  'htpasswd',
  'access',
  'tls_cert',
  'tls_key',
  'tls_client_ca',
  'notifications_ca',
  'notifications_directory',
  'token_rootcertbundle',
] as const satisfies (keyof ServerConfig)[];
