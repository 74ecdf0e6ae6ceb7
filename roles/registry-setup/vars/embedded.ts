import { z } from 'zod';
import { accessRules, byteSize, embedded_registry } from '../../../src/index.js';
import { hostPath } from './host-path.js';

const { shape } = embedded_registry.params;

const leastManifest = 4 * 1024 ** 2;
const mostManifest = 1024 ** 3;
const leastRate = 1024;
const time = z.string().regex(/^\d{1,6}[smhdw]$/, { error: 'must be a time: 12h, 7d' });
const glob = z
  .string()
  .regex(/^(?!\/.)(?!.*\[\^)[^{}\\\r\n]{1,256}$/, { error: 'must be a pattern of tags: v1.*, [0-9]*, *-rc?' });
const retention = z
  .strictObject({
    newest: z.int().min(1).optional(),
    younger_than: time.optional(),
    keep: z.array(glob).default([]),
    deny: z.array(glob).default([]),
    allow_empty: z.boolean().default(false),
  })
  .refine(({ newest, younger_than, keep, deny }) => newest ?? younger_than ?? keep[0] ?? deny[0], {
    error: 'has no rule: give newest, younger_than, keep or deny',
  });
const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Variables of the embedded registry alone. */
export const embeddedVars = {
  registry_sparse_indexes: z
    .boolean()
    .default(false)
    .describe(
      'Embedded registry: take indexes some of whose manifests are not there, as mirrors of a few platforms push',
    ),
  registry_metrics_path: z
    .string()
    .regex(/^\/(?!v2(?:\/|$))[\w.~/-]+$/, { error: 'must be a path, not below /v2/: /metrics' })
    .optional()
    .describe('Embedded registry: path of its figures for Prometheus. Default: `/metrics`'),
  registry_max_manifest_size: byteSize
    .refine((size) => size >= leastManifest && size <= mostManifest, { error: 'must be between 4M and 1G' })
    .optional()
    .describe(
      'Embedded registry: size of a manifest at most: `16M`, or bytes. Default: 4M, which every registry takes',
    ),
  registry_gc_grace: time
    .refine((text) => secondsOf(text) >= 600, { error: 'must be 10 minutes or more' })
    .optional()
    .describe(
      'Embedded registry: time for which garbage stays after its last use, as long as a push may take: `12h`. Default: a day',
    ),
  registry_retention: retention
    .optional()
    .describe(
      'Embedded registry: tags that stay, at the times of `registry_gc_schedule`: the `newest` of each repository, those `younger_than` a time (by build date), those that match a pattern of `keep`. Others are deleted; with `deny` alone, those that match. A repository that would lose all its tags is skipped without `allow_empty`',
    ),
  registry_scrub_rate: byteSize
    .refine((size) => size >= leastRate && size <= mostManifest, { error: 'must be between 1K and 1G' })
    .optional()
    .describe(
      'Embedded registry: check all content against its digests once a day, reading so much per second: `20M`. Damage is reported, and nothing deleted. Default: not checked',
    ),
  registry_access: accessRules
    .optional()
    .describe(
      'Embedded registry: rights of accounts, rules with `accounts` (names, `*`, `anonymous`), `repositories` (`team/app`, `team/`, `**`) and `rights` (pull, push, delete, admin). Default: each may do all',
    ),
  registry_anonymous_pull: shape.anonymous_pull.describe(
    'Embedded registry: let everybody pull; a push needs an account',
  ),
  registry_tls_client_ca: hostPath
    .optional()
    .describe(
      'Embedded registry: file of the host with the authorities that sign certificates of clients, whose name (CN) is the account',
    ),
  registry_tls_client_auth: shape.tls_client_auth.describe(
    'Embedded registry: `require` (default): nobody connects without such a certificate; `optional`: an account does as well',
  ),
  registry_immutable_tags: shape.immutable_tags.describe(
    'Embedded registry: tags that are neither moved nor deleted, `REPOSITORY:TAG` with `*`, `**`, `?` and `[a-z]` in both',
  ),
  registry_quotas: shape.quotas.describe(
    'Embedded registry: bytes that repositories may have in all, each with a `prefix` (`team/`, `**`) and `bytes` (`10G`)',
  ),
  registry_rate_limit: shape.rate_limit.describe(
    'Embedded registry: requests of a client, an account or an address: `requests` a second, `burst` at once',
  ),
  registry_cors_origins: shape.cors_origins.describe(
    'Embedded registry: origins of pages in browsers that may use it: `https://ui.example.com`, or `*`',
  ),
  registry_notifications_directory: hostPath
    .optional()
    .describe('Embedded registry: folder of events that wait for endpoints. Default: in the folder of the images'),
  registry_notifications_max_bytes: shape.notifications_max_bytes.describe(
    'Embedded registry: bytes of events that may wait for each endpoint. Default: `64M`',
  ),
};

/** Returns the seconds of a time such as `12h`. */
export function secondsOf(text: string): number {
  return Number(text.slice(0, -1)) * (units[text.slice(-1)] ?? 1);
}
