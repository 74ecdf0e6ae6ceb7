import { resolve } from 'node:path';
import { z } from 'zod';
import { isAllowEntry } from '../webhooks/target/allowed-targets.js';
import type { WebhookOptions } from '../webhooks/webhook-options.js';

const allowEntry = z
  .string()
  .max(253)
  .refine(isAllowEntry, { error: 'must be a network, an address or the name of a host: 127.0.0.0/8' });

/** Keys of the configuration about webhooks. */
export const webhookKeys = {
  webhook_allow: z
    .array(allowEntry)
    .max(1000)
    .optional()
    .describe(
      'Networks, addresses and hosts to which webhooks may send, though they are loopback, link-local, metadata of a cloud or the service itself. In the environment: as JSON. Default: none',
    ),
  webhook_ca: z
    .string()
    .min(1)
    .optional()
    .describe('Authorities that webhooks trust besides those that Node knows, PEM. A change counts at once'),
  webhook_days: z
    .int()
    .min(4)
    .max(36_500)
    .optional()
    .describe('Days for which events and deliveries are kept. Default: 30'),
  webhook_rows: z.int().min(1000).optional().describe('Events, and deliveries, that are kept at most. Default: 100000'),
};

/** Keys of it that name files. */
export const webhookFileKeys = ['webhook_ca'] as const satisfies (keyof typeof webhookKeys)[];

/** Completes the options of webhooks. */
export function webhookOptions(
  config: {
    readonly [Key in keyof typeof webhookKeys]?: z.output<(typeof webhookKeys)[Key]>;
  },
): WebhookOptions {
  const { webhook_ca: ca } = config;
  return {
    allow: config.webhook_allow ?? [],
    caFile: ca === undefined ? undefined : resolve(ca),
    days: config.webhook_days ?? 30,
    rows: config.webhook_rows ?? 100_000,
  };
}
