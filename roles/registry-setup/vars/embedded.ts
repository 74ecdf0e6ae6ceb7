import { z } from 'zod';
import { byteSize } from '../../../src/index.js';

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
};
