import { z } from 'zod';
import { idInPath, pageQuery, shownTime, shownTimeOrNull } from '../../../schemas/fields.js';
import {
  issuedWebhook,
  newWebhook,
  secretRotation,
  webhookChanges,
  webhookPage,
  webhookSchema,
} from '../../../schemas/webhooks.js';
import type { ServiceParts } from '../../../service-parts.js';
import { eventKindsOf, type StoredWebhook } from '../../../webhooks/webhooks.js';
import { actorOf, requireAccount } from '../../admit.js';
import type { ServiceApp } from '../../bare-app.js';
import { entityTag, matchedVersion } from '../../entity-tag.js';
import { page } from '../../page.js';
import { changedWebhook, checkedWebhook } from './given-webhook.js';
import { manageableWebhook, requireWebhookOwner, webhookRights } from './manageable-webhook.js';

/** Adds the routes of webhooks. Owners of a path have those of their path, administrators all. */
export function addWebhookRoutes(app: ServiceApp, parts: ServiceParts): void {
  const { audit } = parts;
  const { store } = parts.webhooks;

  app.get(
    '/api/v1/webhooks',
    { schema: { summary: 'Lists webhooks', querystring: pageQuery, response: { 200: webhookPage } } },
    async (request, reply) => {
      const { limit, after } = request.query;
      const isSeen = await webhookRights(parts, request);
      const rows: StoredWebhook[] = [];
      let last = after;
      for (;;) {
        const some = await store.list(200, last);
        rows.push(...some.filter(isSeen));
        last = some.at(-1)?.id;
        if (some.length < 200 || rows.length > limit) break;
      }
      const shown = await Promise.all(rows.slice(0, limit + 1).map(async (row) => await shownWebhook(parts, row)));
      return page(
        request,
        reply,
        shown,
        limit,
        (each) => each,
        ({ id }) => id,
      );
    },
  );

  app.post(
    '/api/v1/webhooks',
    { schema: { summary: 'Makes a webhook', body: newWebhook, response: { 201: issuedWebhook } } },
    async (request, reply) => {
      const { body } = request;
      await requireWebhookOwner(parts, request, body);
      const given = await checkedWebhook(parts, { ...body, template: body.template ?? '' });
      const { row, secret } = await store.add(given, requireAccount(request), Date.now());
      await audit.record(actorOf(request), { verb: 'webhook.create', object: row.name, detail: placeOf(row) });
      return reply
        .code(201)
        .header('Location', `/api/v1/webhooks/${row.id}`)
        .header('ETag', entityTag(row.version))
        .send({ ...(await shownWebhook(parts, row)), secret });
    },
  );

  app.get(
    '/api/v1/webhooks/:id',
    { schema: { summary: 'Shows a webhook', params: idInPath, response: { 200: webhookSchema } } },
    async (request, reply) => {
      const row = await manageableWebhook(parts, request, request.params.id);
      return reply.header('ETag', entityTag(row.version)).send(await shownWebhook(parts, row));
    },
  );

  app.patch(
    '/api/v1/webhooks/:id',
    {
      schema: {
        summary: 'Changes a webhook; whoever changes its address has it hear for their account',
        params: idInPath,
        body: webhookChanges,
        response: { 200: webhookSchema },
      },
    },
    async (request, reply) => {
      const former = await manageableWebhook(parts, request, request.params.id);
      const given = await checkedWebhook(parts, changedWebhook(former, store.open(former), request.body));
      await requireWebhookOwner(parts, request, given);
      const account = request.body.url === undefined ? former.account_id : requireAccount(request).id;
      const version = matchedVersion(request.headers['if-match']);
      const row = await store.change(former, given, account, version, Date.now());
      const changed = Object.keys(request.body);
      await audit.record(actorOf(request), {
        verb: 'webhook.change',
        object: row.name,
        detail: { changed, id: row.id },
      });
      return reply.header('ETag', entityTag(row.version)).send(await shownWebhook(parts, row));
    },
  );

  app.delete(
    '/api/v1/webhooks/:id',
    {
      schema: {
        summary: 'Deletes a webhook with its deliveries',
        params: idInPath,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const row = await manageableWebhook(parts, request, request.params.id);
      await store.delete(row, matchedVersion(request.headers['if-match']));
      await audit.record(actorOf(request), { verb: 'webhook.delete', object: row.name, detail: placeOf(row) });
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/api/v1/webhooks/:id/rotate-secret',
    {
      schema: {
        summary: 'Makes a new secret of a webhook; the former one signs beside it for a while',
        params: idInPath,
        body: secretRotation,
        response: { 200: issuedWebhook },
      },
    },
    async (request, reply) => {
      const former = await manageableWebhook(parts, request, request.params.id);
      const keep = request.body.keepFormer * 1000;
      const version = matchedVersion(request.headers['if-match']);
      const { row, secret } = await store.rotateSecret(former, keep, version, Date.now());
      await audit.record(actorOf(request), { verb: 'webhook.rotate', object: row.name, detail: { id: row.id } });
      return reply.header('ETag', entityTag(row.version)).send({ ...(await shownWebhook(parts, row)), secret });
    },
  );
}

function placeOf({ id, registry, path }: StoredWebhook) {
  return { id, registry, path };
}

async function shownWebhook(parts: ServiceParts, row: StoredWebhook): Promise<z.output<typeof webhookSchema>> {
  const { url, headers } = parts.webhooks.store.open(row);
  const account = await parts.accounts.byId(row.account_id);
  return {
    id: row.id,
    name: row.name,
    url,
    registry: row.registry,
    path: row.path,
    kinds: eventKindsOf(row),
    format: row.format,
    template: row.template === '' ? null : row.template,
    templateType: row.template_type,
    headers: Object.keys(headers),
    enabled: row.is_enabled === 1,
    disabledWhy: row.disabled_why,
    disabledAt: shownTimeOrNull(row.disabled_at),
    failingSince: shownTimeOrNull(row.failing_since),
    account: account?.name ?? null,
    createdAt: shownTime(row.created_at),
    createdBy: row.created_by,
  };
}
