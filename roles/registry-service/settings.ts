import { z } from 'zod';

const seconds = z.int().min(60).max(86_400);

/** Options of `provision serve` that need nothing on the host, by its own names. */
export const settings = z.strictObject({
  default_visibility: z.enum(['public', 'internal', 'private']).optional(),
  issuer: z
    .string()
    .regex(/^[\w.:/-]{1,100}$/, { error: 'must be letters, digits and . : / _ -' })
    .optional(),
  pull_token_lifetime: seconds.optional(),
  push_token_lifetime: seconds.optional(),
  requests_per_second: z.number().positive().max(1e6).optional(),
  requests_burst: z.int().min(1).max(1e6).optional(),
  audit_days: z.int().min(1).max(36_500).optional(),
  undo_days: z.int().min(0).max(3650).optional(),
  page_theme: z.enum(['auto', 'light', 'dark']).optional(),
  audit_rows: z.int().min(1000).optional(),
  reconcile_every: z.int().min(10).max(86_400).optional(),
  metrics: z.enum(['administrators', 'open']).optional(),
  webhook_days: z.int().min(4).max(36_500).optional(),
  webhook_rows: z.int().min(1000).optional(),
  log: z.boolean().optional(),
});
