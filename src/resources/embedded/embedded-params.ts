import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { HostContext } from '../../model/resource.js';
import { serverConfig } from '../../registry/server/config/config-schema.js';
import { metricsPath } from '../../registry/server/config/metrics-path.js';
import { absolutePath } from '../path/path-params.js';

/** Keys of the registry's configuration file that are parameters here, too. */
const { shape: configured } = serverConfig.pick({
  anonymous_pull: true,
  tls_client_auth: true,
  immutable_tags: true,
  quotas: true,
  rate_limit: true,
  headers: true,
  cors_origins: true,
  notifications: true,
  notifications_max_bytes: true,
  token_realm: true,
  token_service: true,
  token_issuer: true,
  proxy_url: true,
  proxy_username: true,
  proxy_ttl: true,
  proxy_tag_ttl: true,
  proxy_namespaces: true,
});

/** Parameters of `embedded_registry`. */
export const embeddedParams = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*$/, { error: 'must be small letters, digits and "-"' })
    .default('registry')
    .describe('Name of its service: `provision-NAME`'),
  state: z.enum(['present', 'absent']).default('present').describe('`absent`: stopped and removed'),
  directory: absolutePath.describe('Folder of the images'),
  home: absolutePath
    .optional()
    .describe(
      'Folder of the program. Default: `/usr/local/lib/provision/NAME`, without root `~/.local/share/provision/NAME`',
    ),
  address: z.string().default('').describe('Address to listen on; empty: all of them'),
  port: z.int().min(1).max(65_535).default(5000).describe('Port to listen on'),
  read_only: z.boolean().default(false).describe('Refuse pushes and deletes'),
  delete_enabled: z.boolean().default(false).describe('Allow manifests and blobs to be deleted'),
  sparse_indexes: z.boolean().default(false).describe('Take indexes some of whose manifests are not there'),
  metrics_path: metricsPath,
  max_manifest_size: z
    .int()
    .min(4 << 20)
    .max(1 << 30)
    .optional()
    .describe('Bytes of a manifest at most. Default: 4 MiB'),
  gc_grace: z.int().min(600).optional().describe('Seconds for which garbage stays after its last use. Default: a day'),
  scrub_rate: z
    .int()
    .min(1024)
    .max(1 << 30)
    .optional()
    .describe('Bytes per second at which all content is checked once a day. Default: it is not checked'),
  htpasswd: absolutePath.optional().describe('File of accounts (bcrypt)'),
  tls: z
    .strictObject({ certificate: absolutePath, key: absolutePath })
    .optional()
    .describe('Files of the certificate and its key; plain http unless given'),
  access: absolutePath.optional().describe('File of rights: which accounts may do what. Default: each may do all'),
  tls_client_ca: absolutePath
    .optional()
    .describe('File of the authorities that sign certificates of clients, whose name (CN) is the account'),
  token_rootcertbundle: absolutePath
    .optional()
    .describe("File with the authority of the token server's keys, for `token_realm`"),
  notifications_ca: absolutePath
    .optional()
    .describe('File of authorities that sign certificates of endpoints of `notifications`'),
  notifications_directory: absolutePath
    .optional()
    .describe('Folder of the events that wait. Default: `provision/notifications` in `directory`'),
  proxy_password_file: absolutePath
    .optional()
    .describe('File with the password of `proxy_username`, which nobody else may read'),
  proxy_authfile: absolutePath.optional().describe('File of accounts as docker and podman write it, instead'),
  proxy_ca: absolutePath
    .optional()
    .describe('File of the authorities that sign the certificate of the registry that is fetched from'),
  ...configured,
  remove_images: z.boolean().default(false).describe('With `absent`: delete the folder of the images, too'),
  force: z.boolean().default(false).describe('Update one that exists and differs, as `--force` does'),
});

export type EmbeddedParams = z.output<typeof embeddedParams>;

/** Returns the folder of the program: as given, or by the user that it runs as. */
export function homeOf({ home, name }: EmbeddedParams, { facts }: HostContext): string {
  if (home !== undefined) return home;
  return facts.uid === 0 ? `/usr/local/lib/provision/${name}` : `${facts.home}/.local/share/provision/${name}`;
}

/** Returns the address at which the host itself reaches the registry's API. */
export function urlOf({ address, port, tls }: EmbeddedParams): string {
  const host = address === '' || address === '0.0.0.0' ? '127.0.0.1' : address.includes(':') ? `[${address}]` : address;
  return `${tls === undefined ? 'http' : 'https'}://${host}:${port}/v2/`;
}

/** Returns the arguments that the program is started with. */
export function mainOptions({
  directory,
  address,
  port,
  read_only,
  delete_enabled,
  sparse_indexes,
  metrics_path,
  max_manifest_size,
  gc_grace,
  scrub_rate,
  htpasswd,
  tls,
}: EmbeddedParams): string[] {
  return [
    ...['--dir', directory, '--host', address === '' ? '0.0.0.0' : address, '--port', String(port)],
    ...(read_only ? ['--read-only'] : []),
    ...(delete_enabled ? ['--delete'] : []),
    ...(sparse_indexes ? ['--sparse-indexes'] : []),
    ...(metrics_path === undefined ? [] : ['--metrics-path', metrics_path]),
    ...(max_manifest_size === undefined ? [] : ['--max-manifest-size', String(max_manifest_size)]),
    ...(gc_grace === undefined ? [] : ['--gc-grace', String(gc_grace)]),
    ...(scrub_rate === undefined ? [] : ['--scrub-rate', String(scrub_rate)]),
    ...(htpasswd === undefined ? [] : ['--htpasswd', htpasswd]),
    ...(tls === undefined ? [] : ['--tls-cert', tls.certificate, '--tls-key', tls.key]),
    '--log',
  ];
}

/** Returns the text of the configuration file, with what the arguments have no room for; undefined: it needs none. */
export function configText(params: EmbeddedParams): string | undefined {
  const names = [...Object.keys(configured), ...fileNames];
  const given = Object.entries(params).filter(([name, value]) => names.includes(name) && value !== undefined);
  return given.length === 0 ? undefined : `${JSON.stringify(Object.fromEntries(given), undefined, 2)}\n`;
}

/** Files that the configuration names. */
const fileNames = [
  'access',
  'tls_client_ca',
  'token_rootcertbundle',
  'notifications_ca',
  'notifications_directory',
  'proxy_password_file',
  'proxy_authfile',
  'proxy_ca',
];

/** Returns a digest of the options, by which a registry with other options is recognized. */
export function optionsDigest(params: EmbeddedParams): string {
  const config = configText(params);
  return createHash('sha256')
    .update(JSON.stringify([...mainOptions(params), ...(config === undefined ? [] : [config])]))
    .digest('hex')
    .slice(0, 16);
}
