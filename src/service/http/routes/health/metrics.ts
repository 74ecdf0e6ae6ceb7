import { z } from 'zod';
import type { ServiceParts } from '../../../service-parts.js';
import type { ServiceApp } from '../../bare-app.js';

/** Adds the values that Prometheus reads. */
export function addMetricsRoute(app: ServiceApp, { metrics, settings }: ServiceParts): void {
  const { isOpen, token } = settings.metrics;
  app.get(
    '/metrics',
    {
      config: {
        needs: isOpen === true ? 'anybody' : 'administrator',
        ...(token === undefined ? {} : { bearer: token }),
      },
      schema: {
        summary: 'Shows counters and gauges of the service, in the text format of Prometheus',
        response: { 200: { description: 'OK', content: { 'text/plain': { schema: z.string() } } } },
      },
    },
    async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()),
  );
}
