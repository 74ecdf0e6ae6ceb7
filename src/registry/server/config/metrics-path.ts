import { z } from 'zod';

/** Path that the embedded registry gives its figures at, as the configuration file and the resource have it. */
export const metricsPath = z
  .string()
  .regex(/^\/(?!v2(?:\/|$))[\w.~/-]+$/, { error: 'must be a path, not below /v2/: /metrics' })
  .optional()
  .describe('Path of the figures for Prometheus. Default: `/metrics`');
