import { z } from 'zod';
import { byteSize } from '../../../src/index.js';

const leastManifest = 4 * 1024 ** 2;
const mostManifest = 1024 ** 3;
const leastRate = 1024;
const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

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
  registry_gc_grace: z
    .string()
    .regex(/^\d{1,6}[smhd]$/, { error: 'must be a time: 12h, 7d' })
    .refine((text) => secondsOf(text) >= 600, { error: 'must be 10 minutes or more' })
    .optional()
    .describe(
      'Embedded registry: time for which garbage stays after its last use, as long as a push may take: `12h`. Default: a day',
    ),
  registry_scrub_rate: byteSize
    .refine((size) => size >= leastRate && size <= mostManifest, { error: 'must be between 1K and 1G' })
    .optional()
    .describe(
      'Embedded registry: check all content against its digests once a day, reading so much per second: `20M`. Damage is reported, and nothing deleted. Default: not checked',
    ),
};

/** Returns the seconds of a time such as `12h`. */
export function secondsOf(text: string): number {
  return Number(text.slice(0, -1)) * (units[text.slice(-1)] ?? 1);
}
