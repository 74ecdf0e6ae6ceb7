import type { z } from 'zod';
import type { healthCheck } from '../../schemas/health.js';

export type HealthCheck = z.output<typeof healthCheck>;

/** Makes a check that found nothing wrong. */
export function healthy(name: HealthCheck['name'], detail: string, subject: string | null = null): HealthCheck {
  return { name, subject, status: 'ok', detail, hint: null };
}

/** Makes a check that found something that will go wrong, or has. */
export function unhealthy(
  status: 'warning' | 'failing',
  about: Pick<HealthCheck, 'name' | 'detail'> & { readonly subject?: string; readonly hint: string },
): HealthCheck {
  return { status, subject: about.subject ?? null, name: about.name, detail: about.detail, hint: about.hint };
}
