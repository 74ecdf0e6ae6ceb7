import { z } from 'zod';
import { htpasswd, secret } from '../../src/index.js';
import { givenAuthority, ldap, oidc } from './directories.js';
import { isForHostAlone, listenAddress } from './listen-address.js';
import { plainPath, renewsAlways, servedTls } from './served-tls.js';
import { settings } from './settings.js';

const registryName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, { error: 'must be small letters, digits and "-"' });
const schedule = z.string().regex(/^[^\n\r]*[^\n\r\\]$/, { error: 'must be a time of systemd: daily, Sun 03:00' });

/** Variables of the role, each checked by itself. */
const shape = z.object({
  registry_service_state: z
    .enum(['present', 'absent'])
    .default('present')
    .describe('`absent`: stopped and removed; accounts stay unless `registry_service_remove_data` is set'),
  registry_service_listen: listenAddress.default('0.0.0.0:8443').describe('Address and port that it listens on'),
  registry_service_url: z
    .url({ protocol: /^https?$/, error: 'must be http://… or https://…' })
    .regex(/^[^"\\\s?#]+$/, { error: 'must have no quotes, blanks, "?" or "#"' })
    .optional()
    .describe('Address that clients and registries use. Default: `https://HOST:PORT`, with the name in the inventory'),
  registry_service_tls: servedTls
    .default('own-ca')
    .describe(
      "`own-ca`: a certificate by this tool's own certificate authority, renewed before it ends; `{ca: own, names, days, renew_days, key_type}` has its options. Or files: of the host, `{certificate, key}`, which its user must be able to read, or of the controller, `{src: {certificate, key}}`. `off`: plain http, on loopback or behind a proxy",
    ),
  registry_service_trusted_proxy: z
    .boolean()
    .default(false)
    .describe('A proxy before it speaks TLS, and says by X-Forwarded-For who asks'),
  registry_service_admin: z
    .strictObject({
      name: z
        .string()
        .regex(/^[a-z0-9]+(?:[._-][a-z0-9]+)*$/, { error: 'must be small letters, digits, ".", "_", "-"' }),
      password: secret(htpasswd.params.shape.accounts.valueType.min(8, { error: 'must have at least 8 characters' })),
    })
    .optional()
    .describe(
      'First account, an administrator, with `name` and `password`: made as long as there is none; later changes change nothing. Without: by a token in the journal of its unit',
    ),
  registry_service_database: secret(
    z.string().regex(/^postgres(ql)?:\/\/\S+$/, { error: 'must be postgres://USER:PASSWORD@HOST/NAME' }),
  )
    .optional()
    .describe(
      'Database of PostgreSQL, `postgres://USER:PASSWORD@HOST/NAME`. Default: a file of SQLite in `registry_service_directory`',
    ),
  registry_service_directory: plainPath.default('/var/lib/provision-service').describe('Folder of what it keeps'),
  registry_service_program: plainPath
    .default('/opt/provision')
    .describe('Folder of the program, which is brought from here; its command is `bin/provision` in it'),
  registry_service_user: z
    .string()
    .regex(/^[a-z_][a-z0-9_-]{0,30}$/, { error: 'must be the name of a user' })
    .default('provision')
    .describe('User that it runs as, a system user that is made'),
  registry_service_registries: z
    .array(
      z.strictObject({
        name: registryName,
        host: z.string().regex(/^(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9][A-Za-z0-9.-]*)(?::\d{1,5})?$/, {
          error: 'must be HOST or HOST:PORT',
        }),
        ca: givenAuthority.optional(),
        read_only: z.boolean().optional(),
      }),
    )
    .refine((list) => new Set(list.map(({ name }) => name)).size === list.length, {
      error: 'has two registries with one name. Rename one',
    })
    .default([])
    .describe(
      'Registries that trust it, each with the `name` that `registry_auth` has there, its `host` as it stands in references (`registry1:5000`), and the authority of its certificate: `ca: own-ca`, `{src}` of the controller, or `{content}`',
    ),
  registry_service_registry: z
    .strictObject({ listen: listenAddress, name: registryName.default('local'), directory: plainPath.optional() })
    .optional()
    .describe('Embedded registry in the same process: its `listen` (`0.0.0.0:5000`), `name` and `directory`'),
  registry_service_ldap: ldap
    .optional()
    .describe(
      'Directory of LDAP whose users have accounts: options of `provision serve` without `ldap_` (`url`, `base`, `bind_dn`, `user_filter`, `admin_group`, …), with the `password` itself, and the authority `ca` as in `registry_service_registries`',
    ),
  registry_service_oidc: oidc
    .optional()
    .describe(
      'OpenID provider whose users have accounts: options of `provision serve` without `oidc_` (`issuer`, `client_id`, `admin_group`, …), with the `client_secret` itself, and the authority `ca`',
    ),
  registry_service_metrics_token: secret(
    z.string().regex(/^[\x21-\x7e]{16,1000}$/, { error: 'must have at least 16 characters, without blanks' }),
  )
    .optional()
    .describe('Token that opens `/metrics` for a program that collects them. Default: administrators alone read them'),
  registry_service_settings: settings
    .default({})
    .describe(
      'Other options of `provision serve`, with its names: `default_visibility`, `issuer`, `pull_token_lifetime`, `push_token_lifetime`, `requests_per_second`, `requests_burst`, `audit_days`, `undo_days`, `page_theme`, `audit_rows`, `reconcile_every`, `metrics`, `webhook_days`, `webhook_rows`, `log`',
    ),
  registry_service_backup_schedule: schedule
    .optional()
    .describe(
      'Schedule of the backup, as in systemd.time(7); `never` removes the timer. Default: `daily` for SQLite; of PostgreSQL none, as its operator may have one. Where it is given, `pg_dump` is installed',
    ),
  registry_service_backup_directory: plainPath
    .default('/var/backups/provision-service')
    .describe('Folder of the copies, each with the database and the key that opens it'),
  registry_service_backup_keep: z.int().min(1).default(7).describe('Number of copies that are kept'),
  registry_service_firewall: z
    .enum(['auto', 'none'])
    .default('auto')
    .describe('`auto`: let its port through the firewall that runs there, if one does; `none`: leave that to others'),
  registry_service_remove_data: z
    .boolean()
    .default(false)
    .describe('With `absent`: delete what it keeps as well, and its user. Copies stay'),
  registry_service_force: z
    .boolean()
    .default(false)
    .describe('Update an existing configuration that differs, as `--force` does'),
});

export type ServiceVars = z.output<typeof shape>;

/** The role's variables, checked by themselves and against each other. */
export const vars = shape.superRefine((vars, context) => {
  for (const [name, message] of clashes(vars)) context.addIssue({ code: 'custom', path: [name], message });
});

function clashes(vars: ServiceVars): readonly (readonly [string, string])[] {
  const { registry_service_tls: tls, registry_service_listen: at, registry_service_registry: beside } = vars;
  const isOpen = (text: string | undefined) => text !== undefined && !isForHostAlone(text);
  const plain = tls === 'off' && !vars.registry_service_trusted_proxy;
  const named = vars.registry_service_registries.some(({ name }) => name === beside?.name);
  const { registry_service_ldap: directory } = vars;
  const searchesHalf = (directory?.bind_dn === undefined) !== (directory?.password === undefined);
  return [
    ...(plain && (isOpen(at) || isOpen(beside?.listen))
      ? [
          [
            'registry_service_tls',
            'off would send passwords unencrypted. Listen on 127.0.0.1, or set registry_service_trusted_proxy',
          ] as const,
        ]
      : []),
    ...(named
      ? [['registry_service_registries', 'has the name of registry_service_registry. Rename one'] as const]
      : []),
    ...(searchesHalf ? [['registry_service_ldap', 'needs bind_dn and password, or neither'] as const] : []),
    ...(isOpen(at) && vars.registry_service_settings.metrics === 'open'
      ? [
          [
            'registry_service_settings',
            'metrics: open would show them to whoever reaches the service. Set registry_service_metrics_token',
          ] as const,
        ]
      : []),
    ...(renewsAlways(tls) ? [['registry_service_tls', 'renew_days must be less than days'] as const] : []),
  ];
}
