import { z } from 'zod';
import { isUpstream, registryKinds } from '../../library/registries/registries-file.js';
import { secret } from '../../model/marks/secret.js';
import { isRegistryHost } from '../../registry/names.js';
import { prefixQuotas } from '../../registry/server/quotas/prefix-quotas.js';
import { visibilities } from '../access/rights/roles.js';
import { directoryFileKeys, directoryKeys } from './directories/directory-keys.js';
import { pageThemes } from './page-themes.js';
import { webhookFileKeys, webhookKeys } from './webhook-keys.js';

const file = z.string().min(1);
const listen = z.string().superRefine((text, context) => {
  if (parseListen(text) === undefined)
    context.addIssue({ code: 'custom', message: 'must be HOST:PORT, such as 127.0.0.1:8080 or [::1]:8080' });
});
const registryName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, { error: 'must be small letters, digits and "-"' });
const registryHost = z.string().refine(isRegistryHost, { error: 'must be HOST or HOST:PORT' });
const seconds = z.int().min(60).max(86_400);

/** Keys of the configuration file of `provision serve`: each option by its name, with `_` for `-`. */
export const serviceConfig = z.strictObject({
  state: file.optional().describe('Folder of what the service keeps. Default: `.provision/service`'),
  database: secret(z.string().min(1))
    .optional()
    .describe('File of SQLite, or `postgres://USER:PASSWORD@HOST/NAME`. Default: `service.db` in `state`'),
  key_file: file
    .optional()
    .describe('File of the key that seals secrets in the database, made when it is missing. Default: `key` in `state`'),
  first_account: file
    .optional()
    .describe(
      'File of htpasswd (bcrypt) with the account that is made, an administrator, as long as there is none. Default: the setup token',
    ),
  listen: listen.optional().describe('Address and port to listen on. Default: `127.0.0.1:8080`'),
  url: z
    .url({ protocol: /^https?$/, error: 'must be http://… or https://…' })
    .regex(/^[^"\\\s?#]+$/, { error: 'must have no quotes, blanks, "?" or "#"' })
    .optional()
    .describe('Address that clients use, where it is another one: behind a proxy. Default: that of `listen`'),
  tls_cert: file
    .optional()
    .describe('Certificate of the service, PEM. Default: plain http. A change counts within seconds'),
  tls_key: file.optional().describe('Key of the certificate, PEM'),
  tls_ca: file
    .optional()
    .describe(
      'Authorities that signed the certificate, PEM, by which the registry beside it reaches the service. Default: the certificate itself',
    ),
  trusted_proxy: z
    .boolean()
    .optional()
    .describe(
      'A proxy before it speaks TLS, and says by X-Forwarded-For who asks. Without TLS it listens elsewhere than on loopback only so. Default: false',
    ),
  default_visibility: z
    .enum(visibilities)
    .optional()
    .describe(
      'Visibility of repositories that no rule is about: `public`, `internal` or `private`. Default: `private`',
    ),
  issuer: z
    .string()
    .regex(/^[\w.:/-]{1,100}$/, { error: 'must be letters, digits and . : / _ -' })
    .optional()
    .describe('Name by which tokens are issued. Default: `provision`'),
  pull_token_lifetime: seconds.optional().describe('Seconds that a token for pulls counts. Default: 300'),
  push_token_lifetime: seconds.optional().describe('Seconds that a token for pushes counts. Default: 3600'),
  requests_per_second: z
    .number()
    .positive()
    .max(1e6)
    .optional()
    .describe('Requests of a client, an account or address, a second. Default: 50'),
  requests_burst: z.int().min(1).max(1e6).optional().describe('Requests of a client at once. Default: 200'),
  audit_days: z.int().min(1).max(36_500).optional().describe('Days for which the audit is kept. Default: 365'),
  audit_rows: z.int().min(1000).optional().describe('Entries of the audit at most. Default: 1000000'),
  undo_days: z
    .int()
    .min(0)
    .max(3650)
    .optional()
    .describe(
      'Days for which what was deleted by the service can be brought back; its blobs stay so long. 0: not at all. Default: 14',
    ),
  page_theme: z
    .enum(pageThemes)
    .optional()
    .describe(
      'Colours of the page for who has chosen none: `auto`, as the system has them, `light` or `dark`. Default: `auto`',
    ),
  registry: z.boolean().optional().describe('Run the embedded registry beside it. Default: true'),
  registry_listen: listen.optional().describe('Address and port of that registry. Default: `127.0.0.1:5000`'),
  registry_dir: file.optional().describe('Folder of its images. Default: `registry` in `state`'),
  registry_name: registryName.optional().describe('Name of that registry in rights and tokens. Default: `local`'),
  registry_quotas: prefixQuotas
    .optional()
    .describe(
      'Bytes that repositories of that registry may have, as `quotas` of `provision registry serve`. In the environment: as JSON. Default: what the disk has',
    ),
  reconcile_every: z
    .int()
    .min(10)
    .max(86_400)
    .optional()
    .describe('Seconds after which the index is compared with each registry again. Default: 900'),
  registries: z
    .array(
      z.strictObject({
        name: registryName.describe('Its name in rights, and the audience of its tokens (`auth.token.service`)'),
        host: registryHost.describe('Its address in references: `registry.example.com:5000`'),
        ca: file.optional().describe('Authorities of its certificate, PEM. Default: those of the system'),
        read_only: z.boolean().default(false).describe('It takes neither pushes nor deletes'),
        kind: z
          .enum(registryKinds)
          .optional()
          .describe('`private`, `sponsor`, `mirror` or `vendor`. Default: visibility and roles alone decide'),
        upstream: z
          .string()
          .refine(isUpstream, { error: 'must be https://HOST or http://HOST' })
          .optional()
          .describe('Registry that a mirror has the images of: `https://registry.example.com`'),
        writer: registryHost
          .optional()
          .describe('Host that takes its changes, where the service itself answers at `host` and spreads what is read'),
        replicas: z
          .array(registryHost)
          .max(20)
          .optional()
          .describe('Hosts with copies of what `writer` has. What one lacks comes from another'),
      }),
    )
    .refine((list) => list.every(({ writer, replicas }) => (writer === undefined) === (replicas === undefined)), {
      error: 'has a registry with writer or replicas alone. Name both, or neither',
    })
    .refine((list) => new Set(list.map(({ name }) => name)).size === list.length, {
      error: 'has two registries with one name. Rename one',
    })
    .optional()
    .describe('Other registries that trust the tokens of the service. In the environment: as JSON. Default: none'),
  upstreams: z
    .array(
      z.strictObject({
        host: registryHost.describe('Its address, as `upstream` of a mirror has it'),
        username: z.string().min(1).optional(),
        password_file: file.optional().describe('File with the password of `username`'),
        ca: file.optional().describe('Authorities of its certificate, PEM. Default: those of the system'),
      }),
    )
    .refine(
      (list) =>
        list.every(({ username, password_file: password }) => (username === undefined) === (password === undefined)),
      { error: 'has username or password_file alone. Name both, or neither' },
    )
    .optional()
    .describe(
      'How registries that are mirrored are looked at. In the environment: as JSON. Default: without an account',
    ),
  site: file.optional().describe('Site whose hosts and registries the service works on: `site.yaml`. Default: none'),
  inventory: z
    .array(file)
    .optional()
    .describe(
      'Inventories of the site. In the environment: as JSON. Default: the one beside the site, as for `provision SITE`',
    ),
  vault_password_files: z
    .array(file)
    .optional()
    .describe('Files with passwords of Ansible Vault, which the processes of jobs read. In the environment: as JSON'),
  become_password_file: file
    .optional()
    .describe('File with the password of sudo on the hosts, which the processes of jobs read'),
  accept_new: z
    .boolean()
    .optional()
    .describe('Trust and remember the keys of hosts that are not in known_hosts. Default: false'),
  drift_every: z
    .int()
    .min(0)
    .max(31 * 86_400)
    .refine((every) => every === 0 || every >= 60, { error: 'must be 0, or at least 60' })
    .optional()
    .describe(
      'Seconds after which all hosts of the site are checked again; 0: only schedules do that. Default: 21600 with a site',
    ),
  vendors: file
    .optional()
    .describe('File of vendors and what they publish, `vendors.yaml`: jobs publish and withdraw. Default: none'),
  publish_listen: listen
    .optional()
    .describe(
      'Address and port at which clients pull what vendors publish, as `provision publish serve` answers them. Default: none',
    ),
  publish_config: file
    .optional()
    .describe(
      'Configuration of Crane (INI) for that address: signed addresses, search, another folder of redirect files. Default: redirects of the file of vendors; their private buckets sign',
    ),
  publish_client_ca: file
    .optional()
    .describe('Authorities of certificates that open protected repositories there, PEM. Default: nothing opens them'),
  metrics: z
    .enum(['administrators', 'open'])
    .optional()
    .describe(
      'Readers of `/metrics`: `administrators`, or whoever reaches it (`open`, on loopback alone). Default: `administrators`',
    ),
  metrics_token_file: file
    .optional()
    .describe('File with a token that opens `/metrics` as well (`Authorization: Bearer`). Default: none'),
  traces_endpoint: z
    .url({ protocol: /^https?$/, error: 'must be http://… or https://…' })
    .optional()
    .describe(
      'Address that traces are sent to by OTLP over HTTP: `http://127.0.0.1:4318/v1/traces`. It needs packages of OpenTelemetry. Default: that of the variables OTEL_EXPORTER_OTLP_…, else none',
    ),
  older_listen: listen
    .optional()
    .describe(
      'Address and port of the routes of the older server (`/registry`), which knows no accounts. Default: none',
    ),
  older_host: z.string().min(1).optional().describe('Host of the site on which those routes make registries'),
  older_account: z.string().min(1).optional().describe('Account in whose name they do'),
  older_versions: z
    .array(z.int().min(0).max(999_999_999))
    .min(1)
    .optional()
    .describe('Versions that they take. In the environment: as JSON. Default: 31, 32 and 33'),
  older_open: z
    .boolean()
    .optional()
    .describe(
      'They may be elsewhere than on loopback, where whoever reaches them makes and deletes registries. Default: false',
    ),
  jobs_at_once: z.int().min(1).max(100).optional().describe('Jobs that run at a time. Default: 4'),
  jobs_kept: z.int().min(1).max(1e6).optional().describe('Jobs of each kind that are kept. Default: 500'),
  jobs_days: z.int().min(1).max(36_500).optional().describe('Days for which jobs are kept. Default: 90'),
  jobs_bytes: z
    .int()
    .min(1024 * 1024)
    .optional()
    .describe('Bytes that the output of all jobs may have; the oldest go first. Default: 1073741824'),
  log: z.boolean().optional().describe('Log tokens that are issued, and requests of the registry. Default: false'),
  ...webhookKeys,
  ...directoryKeys,
});

/** Options of the service as its configuration file has them. */
export type ServiceConfig = z.output<typeof serviceConfig>;

/** Keys that name files or folders. */
export const serviceFileKeys = [
  'state',
  'key_file',
  'first_account',
  'tls_cert',
  'tls_key',
  'tls_ca',
  'registry_dir',
  'metrics_token_file',
  'site',
  'become_password_file',
  'vendors',
  'publish_config',
  'publish_client_ca',
  ...webhookFileKeys,
  ...directoryFileKeys,
] as const satisfies (keyof ServiceConfig)[];

/** Reads an address to listen on; undefined: it is none. */
export function parseListen(text: string): { readonly host: string; readonly port: number } | undefined {
  const found = /^(?:\[([0-9a-fA-F:.%]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/.exec(text);
  const port = Number(found?.[3]);
  const host = found?.[1] ?? found?.[2];
  return host === undefined || port > 65_535 ? undefined : { host, port };
}
