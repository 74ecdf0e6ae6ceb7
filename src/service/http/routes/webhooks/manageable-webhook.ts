import type { FastifyRequest } from 'fastify';
import { isAdministrator } from '../../../access/principal.js';
import { mayManagePath } from '../../../access/rights/manage.js';
import { notFound, Problem } from '../../../problem.js';
import type { ServiceParts } from '../../../service-parts.js';
import type { StoredWebhook } from '../../../webhooks/webhooks.js';
import { senderOf } from '../../admit.js';
import { rightsOf } from '../../rights-of.js';

/** Place of which a webhook hears. */
type HeardPlace = Pick<StoredWebhook, 'registry' | 'path'>;

/** Returns the function that says which webhooks a sender may see and change: administrators all, owners those of their paths. */
export async function webhookRights(
  parts: ServiceParts,
  request: FastifyRequest,
): Promise<(place: HeardPlace) => boolean> {
  if (isAdministrator(senderOf(request))) return () => true;
  const rights = await rightsOf(parts, request);
  return ({ registry, path }) => mayManagePath(rights, registry, path);
}

/** Returns a webhook that the sender may change. @throws Problem: there is none, for whoever may not see it */
export async function manageableWebhook(
  parts: ServiceParts,
  request: FastifyRequest,
  id: string,
): Promise<StoredWebhook> {
  const row = await parts.webhooks.store.get(id);
  if (!(await webhookRights(parts, request))(row)) throw notFound(`webhook ${id}`);
  return row;
}

/** @throws Problem unless the sender may have a webhook of a place */
export async function requireWebhookOwner(
  parts: ServiceParts,
  request: FastifyRequest,
  place: HeardPlace,
): Promise<void> {
  if ((await webhookRights(parts, request))(place)) return;
  const of = place.path === '' ? 'everything: an administrator' : place.path;
  throw new Problem('forbidden', `this takes an owner of ${of}`);
}
