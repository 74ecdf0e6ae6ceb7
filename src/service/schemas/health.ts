import { z } from 'zod';
import { time } from './fields.js';

const status = z.enum(['ok', 'warning', 'failing']);

/** Part of the service that was looked at. */
export const healthCheck = z
  .object({
    name: z.enum(['database', 'registry', 'replicas', 'site', 'drift', 'jobs', 'disk', 'certificate', 'clock']),
    subject: z.string().nullable().describe('Registry or file that it is about'),
    status,
    detail: z.string().describe('How it is'),
    hint: z.string().nullable().describe('What to do; null: nothing'),
  })
  .meta({ id: 'HealthCheck' });

/** Health of the service. */
export const healthSchema = z
  .object({
    status: status.describe('The worst of all'),
    at: time,
    checks: z.array(healthCheck),
  })
  .meta({ id: 'Health' });
