import { z } from 'zod';
import { accessRules, byteSize, embedded_registry } from '../../../src/index.js';
import { hostPath } from './host-path.js';

const { shape } = embedded_registry.params;

const leastManifest = 4 * 1024 ** 2;
const mostManifest = 1024 ** 3;

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
