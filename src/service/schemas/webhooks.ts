import { z } from 'zod';
import { serviceEventKinds } from '../events/service-event.js';
import { registryOfRight, rightsPath } from './access.js';
import { listPage, pageQuery, plainText, storedText, time } from './fields.js';

/** Forms of what is sent. */
export const webhookFormats = ['cloudevents', 'docker-hub', 'harbor', 'distribution', 'slack', 'template'] as const;
export type WebhookFormat = (typeof webhookFormats)[number];

/** Headers that the service or the transport sets itself. */
const ownHeaders =
  /^(host|content-.*|transfer-encoding|connection|keep-alive|upgrade|te|trailer|expect|proxy-.*|user-agent|webhook-.*|x-hub-signature.*)$/;

const headerName = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/, { error: 'must be the name of a header' })
  .refine((name) => !ownHeaders.test(name.toLowerCase()), { error: 'is a header that the service sets itself' });
const headerValue = /^[\x20-\x7e]{1,4096}$/;
const mostHeaders = 20;

/** Headers by name. A refusal names the header: with the value's own place, it would repeat a secret. */
function headersOf<Value extends z.ZodType<string | null>>(value: Value) {
  return z.record(headerName, value).superRefine((headers, context) => {
    const names = Object.keys(headers);
    if (names.length > mostHeaders) context.addIssue({ code: 'custom', message: `must be ${mostHeaders} at most` });
    const wrong = names.find((name) => typeof headers[name] === 'string' && !headerValue.test(headers[name]));
    if (wrong === undefined) return;
    context.addIssue({ code: 'custom', message: `${wrong} must be 1 to 4096 letters of ASCII` });
  });
}

const fields = {
  name: plainText(100).min(1),
  url: z.string().max(2000).describe('Address that it sends to. It is kept sealed'),
  registry: registryOfRight,
  path: rightsPath.describe('Events of these repositories alone: `team/app`; `team/`: all below it; empty: all events'),
  kinds: z.array(z.enum(serviceEventKinds)).max(serviceEventKinds.length).describe('Kinds of events; none: all'),
  format: z.enum(webhookFormats),
  template: storedText(16_384)
    .nullable()
    .describe('For `template`: the body, with {{json subject}}, {{json data}} and more of the event'),
  templateType: z.enum(['json', 'text']).describe('For `template`: kind of body that it gives'),
  enabled: z.boolean(),
};

export const newWebhook = z
  .strictObject({
    ...fields,
    path: fields.path.default(''),
    kinds: fields.kinds.default([]),
    format: fields.format.default('cloudevents'),
    template: fields.template.default(null),
    templateType: fields.templateType.default('json'),
    headers: headersOf(z.string())
      .default({})
      .describe('Headers that are sent as well. Their values are kept sealed, and never shown'),
    enabled: fields.enabled.default(true),
  })
  .meta({ id: 'NewWebhook' });

/** Changes of a webhook (JSON merge patch, RFC 7396): null takes a header away. */
export const webhookChanges = z
  .strictObject({
    ...fields,
    registry: z.string().max(100),
    headers: headersOf(z.string().nullable()),
  })
  .partial();

export const webhookSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    url: z.string(),
    registry: z.string(),
    path: z.string(),
    kinds: z.array(z.string()),
    format: z.string(),
    template: z.string().nullable(),
    templateType: z.enum(['json', 'text']),
    headers: z.array(z.string()).describe('Names of the headers'),
    enabled: z.boolean(),
    disabledWhy: z.string().describe('Why the service disabled it; empty: it did not'),
    disabledAt: time.nullable(),
    failingSince: time
      .nullable()
      .describe('First failure since it took something last; after three days it is disabled'),
    account: z.string().nullable().describe('Account for which it hears: what this may not see is not sent'),
    createdAt: time,
    createdBy: z.string(),
  })
  .meta({ id: 'Webhook' });

const secret = z.string().describe('Secret by which its messages are signed. It is shown once');
export const issuedWebhook = webhookSchema.extend({ secret }).meta({ id: 'IssuedWebhook' });

export const secretRotation = z.strictObject({
  keepFormer: z
    .int()
    .min(0)
    .max(7 * 86_400)
    .default(86_400)
    .describe('Seconds for which the former secret signs as well'),
});

export const deliverySchema = z
  .object({
    id: z.string().describe('The same in all tries (`webhook-id`)'),
    event: z.string(),
    kind: z.string(),
    subject: z.string(),
    state: z.enum(['waiting', 'delivered', 'failed']),
    why: z.string().describe('Why its last try failed, or why there is none'),
    tries: z.number().int(),
    createdAt: time,
    nextAt: time.nullable(),
    endedAt: time.nullable(),
  })
  .meta({ id: 'WebhookDelivery' });

const headers = z.record(z.string(), z.string());

export const shownDeliverySchema = deliverySchema
  .extend({
    contentType: z.string(),
    body: z.string(),
    attempts: z
      .array(
        z.object({
          at: time,
          milliseconds: z.number().int(),
          requestHeaders: headers.describe('Signatures, and headers that were given, without their values'),
          status: z.number().int().nullable(),
          responseHeaders: headers,
          responseBody: z.string().describe('First 4 KiB'),
          error: z.string(),
        }),
      )
      .describe('The last hundred tries, the oldest first'),
  })
  .meta({ id: 'ShownWebhookDelivery' });

export const webhookPage = listPage(webhookSchema);
export const deliveryPage = listPage(deliverySchema);

export const deliveriesQuery = pageQuery.extend({
  after: z
    .string()
    .regex(/^\d{1,15}$/, { error: 'must be `next` of the page before' })
    .optional(),
});

export const deliveryInPath = z.strictObject({ id: z.string().min(1).max(64), delivery: z.string().min(1).max(64) });
