import { healthSchema } from '../../../schemas/health.js';
import type { ServiceParts } from '../../../service-parts.js';
import type { ServiceApp } from '../../bare-app.js';

/** Adds the report of the service's health. */
export function addHealthReportRoute(app: ServiceApp, { health }: ServiceParts): void {
  app.get(
    '/api/v1/health',
    {
      config: { needs: 'administrator' },
      schema: { summary: 'Shows how each part of the service is, and what to do', response: { 200: healthSchema } },
    },
    async () => await health.report(),
  );
}
