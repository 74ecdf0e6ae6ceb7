import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { RegistryError } from '../../../../registry/registry-error.js';
import { takeNotifications } from '../../../images/take-notifications.js';
import { notFound, Problem } from '../../../problem.js';
import { reconciled } from '../../../schemas/images.js';
import type { ServiceParts } from '../../../service-parts.js';
import { actorOf, unauthenticated } from '../../admit.js';
import type { ServiceApp } from '../../bare-app.js';

const registryInPath = z.strictObject({ registry: z.string().min(1).max(63) });

/** Adds the routes of registries that trust the service: their notifications, a look at all they have. */
export function addRegistryRoutes(app: ServiceApp, parts: ServiceParts): void {
  const { registries, index, keeper, audit, notificationSecret } = parts;
  const administrator = { needs: 'administrator' } as const;

  const notifications = z.object({
    url: z.string().describe('`notifications.endpoints[].url`'),
    headers: z
      .record(z.string(), z.array(z.string()))
      .describe('`notifications.endpoints[].headers`: they hold a secret'),
  });
  app.get(
    '/api/v1/registries/:registry/notification-settings',
    {
      config: administrator,
      schema: {
        summary: 'Shows the settings by which a registry sends notifications',
        params: registryInPath,
        response: { 200: notifications },
      },
    },
    async (request) => {
      const { registry } = request.params;
      if (registries.find(registry) === undefined) throw notFound(`registry ${registry}`);
      return {
        url: `${parts.settings.url()}/api/v1/registries/${registry}/notifications`,
        headers: { Authorization: [`Bearer ${notificationSecret(registry)}`] },
      };
    },
  );

  app.post(
    '/api/v1/registries/:registry/notifications',
    {
      config: { needs: 'anybody', own: true },
      schema: { summary: 'Takes notifications of a registry', params: registryInPath, response: { 200: z.object({}) } },
    },
    async (request) => {
      const { registry } = request.params;
      const given = Buffer.from(request.headers.authorization ?? '');
      const wanted = Buffer.from(`Bearer ${notificationSecret(registry)}`);
      if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
        throw unauthenticated('notifications need the header of the notification settings');
      }
      if (registries.find(registry) === undefined) throw notFound(`registry ${registry}`);
      const { notifications: counted } = parts.metrics;
      const changed = await takeNotifications(index, registry, request.body).catch((error: unknown) => {
        counted.inc({ registry, result: 'failed' });
        throw error;
      });
      counted.inc({ registry, result: 'taken' });
      if (changed.size > 0) keeper.wake(registry);
      return {};
    },
  );

  app.post(
    '/api/v1/registries/:registry/reconcile',
    {
      config: administrator,
      schema: {
        summary: 'Compares the index with all that a registry has',
        params: registryInPath,
        response: { 200: reconciled },
      },
    },
    async (request) => {
      const { registry } = request.params;
      if (registries.find(registry) === undefined) throw notFound(`registry ${registry}`);
      const done = await keeper.reconcile(registry).catch((error: unknown) => {
        throw error instanceof RegistryError ? new Problem('unavailable', error.message) : error;
      });
      await audit.record(actorOf(request), { verb: 'registry.reconcile', object: registry });
      return done;
    },
  );
}
