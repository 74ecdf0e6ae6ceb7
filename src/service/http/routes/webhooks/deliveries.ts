import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { notFound, Problem } from '../../../problem.js';
import { idInPath, shownTime, shownTimeOrNull } from '../../../schemas/fields.js';
import {
  deliveriesQuery,
  deliveryInPath,
  deliveryPage,
  type deliverySchema,
  shownDeliverySchema,
} from '../../../schemas/webhooks.js';
import type { ServiceParts } from '../../../service-parts.js';
import { addDelivery } from '../../../webhooks/delivery/add-delivery.js';
import { placeOfDelivery, type StoredDelivery } from '../../../webhooks/delivery/deliveries.js';
import { renderedBody } from '../../../webhooks/delivery/fan-out.js';
import { actorOf, requireAccount, senderOf } from '../../admit.js';
import type { ServiceApp } from '../../bare-app.js';
import { page } from '../../page.js';
import { preferredWait } from '../../preferred-wait.js';
import { manageableWebhook } from './manageable-webhook.js';

/** Milliseconds between two looks at a delivery that is waited for. */
const lookEvery = 100;

/** Adds the routes of what was sent to a webhook, and of tests. */
export function addDeliveryRoutes(app: ServiceApp, parts: ServiceParts): void {
  const { audit } = parts;
  const { deliveries, sight, telling, sender } = parts.webhooks;
  const base = '/api/v1/webhooks/:id/deliveries';

  app.get(
    base,
    {
      schema: {
        summary: 'Lists what is sent to a webhook, newest first',
        params: idInPath,
        querystring: deliveriesQuery,
        response: { 200: deliveryPage },
      },
    },
    async (request, reply) => {
      const { limit, after } = request.query;
      const { id } = await manageableWebhook(parts, request, request.params.id);
      const rows: StoredDelivery[] = [];
      let before = after === undefined ? undefined : Number(after);
      for (;;) {
        const some = await deliveries.list(id, limit + 1, before);
        for (const row of some) if (await sight.maySee(senderOf(request), placeOfDelivery(row))) rows.push(row);
        before = some.at(-1)?.number;
        if (some.length <= limit || rows.length > limit) break;
      }
      return page(request, reply, rows, limit, listedDelivery, ({ number }) => String(number));
    },
  );

  app.get(
    `${base}/:delivery`,
    {
      schema: {
        summary: 'Shows a delivery with its tries',
        params: deliveryInPath,
        response: { 200: shownDeliverySchema },
      },
    },
    async (request) => await shownDelivery(await visibleDelivery(request, request.params)),
  );

  app.post(
    `${base}/:delivery/redeliver`,
    {
      schema: {
        summary: 'Sends a delivery again, with the same id',
        params: deliveryInPath,
        response: { 202: shownDeliverySchema },
      },
    },
    async (request, reply) => {
      const hook = await manageableWebhook(parts, request, request.params.id);
      const delivery = await visibleDelivery(request, request.params);
      if (hook.is_enabled === 0) throw new Problem('conflict', 'the webhook is disabled: enable it first');
      if (delivery.body === '') throw new Problem('conflict', 'it has no body: its template could not be rendered');
      const again = await deliveries.redeliver(delivery, Date.now());
      const detail = { id: hook.id, delivery: delivery.id };
      await audit.record(actorOf(request), { verb: 'webhook.redeliver', object: hook.name, detail });
      sender.wake();
      return reply.code(202).send(await shownDelivery(again));
    },
  );

  app.post(
    '/api/v1/webhooks/:id/test',
    {
      schema: {
        summary: 'Sends a test to a webhook, once, also to one that is disabled',
        params: idInPath,
        response: { 200: shownDeliverySchema, 202: shownDeliverySchema },
      },
    },
    async (request, reply) => {
      const hook = await manageableWebhook(parts, request, request.params.id);
      const now = Date.now();
      const event = telling.example(hook.registry, requireAccount(request).name, now);
      const id = await addDelivery(deliveries.database.db, hook.id, event, await renderedBody(hook, event), now);
      await audit.record(actorOf(request), { verb: 'webhook.test', object: hook.name, detail: { id: hook.id } });
      sender.wake();
      const end = now + preferredWait(request.headers.prefer) * 1000;
      let delivery = await deliveries.get(hook.id, id);
      while (delivery.state === 'waiting' && Date.now() < end) {
        await sleep(lookEvery);
        delivery = await deliveries.get(hook.id, id);
      }
      return reply
        .code(delivery.state === 'waiting' ? 202 : 200)
        .header('Location', `/api/v1/webhooks/${hook.id}/deliveries/${id}`)
        .send(await shownDelivery(delivery));
    },
  );

  async function visibleDelivery(
    request: FastifyRequest,
    { id, delivery }: z.output<typeof deliveryInPath>,
  ): Promise<StoredDelivery> {
    const hook = await manageableWebhook(parts, request, id);
    const row = await deliveries.get(hook.id, delivery);
    if (await sight.maySee(senderOf(request), placeOfDelivery(row))) return row;
    throw notFound(`delivery ${delivery}`);
  }

  async function shownDelivery(row: StoredDelivery): Promise<z.output<typeof shownDeliverySchema>> {
    const texts = z.record(z.string(), z.string());
    const tries = await deliveries.triesOf(row.id);
    return {
      ...listedDelivery(row),
      contentType: row.content_type,
      body: row.body,
      attempts: tries.map((each) => ({
        at: shownTime(each.at),
        milliseconds: each.duration,
        requestHeaders: texts.parse(JSON.parse(each.request_headers)),
        status: each.status,
        responseHeaders: texts.parse(JSON.parse(each.response_headers)),
        responseBody: each.response_body,
        error: each.error,
      })),
    };
  }
}

function listedDelivery(row: StoredDelivery): z.output<typeof deliverySchema> {
  return {
    id: row.id,
    event: row.event,
    kind: row.kind,
    subject: row.subject,
    state: row.state,
    why: row.why,
    tries: row.tries,
    createdAt: shownTime(row.created_at),
    nextAt: shownTimeOrNull(row.next_at),
    endedAt: shownTimeOrNull(row.ended_at),
  };
}
