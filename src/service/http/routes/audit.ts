import type { Selectable } from 'kysely';
import { z } from 'zod';
import { auditEvent } from '../../schemas/access.js';
import { listPage, pageQuery, shownTime } from '../../schemas/fields.js';
import type { ServiceParts } from '../../service-parts.js';
import type { AuditRow } from '../../store/tables.js';
import type { ServiceApp } from '../bare-app.js';
import { page } from '../page.js';

/** Adds the route of the audit, newest first. */
export function addAuditRoutes(app: ServiceApp, { audit }: ServiceParts): void {
  const query = pageQuery.extend({
    after: z
      .string()
      .regex(/^\d{1,15}$/, { error: 'must be `next` of the page before' })
      .optional(),
    actor: z.string().max(64).optional(),
    verb: z.string().max(64).optional(),
    object: z.string().max(256).optional(),
  });
  app.get(
    '/api/v1/audit',
    {
      config: { needs: 'administrator' },
      schema: {
        summary: 'Lists logins, refusals and changes',
        querystring: query,
        response: { 200: listPage(auditEvent) },
      },
    },
    async (request, reply) => {
      const { limit, after, ...filter } = request.query;
      const before = after === undefined ? undefined : Number(after);
      const rows = await audit.list(limit + 1, { ...filter, before });
      return page(request, reply, rows, limit, shownEvent, (row) => String(row.id));
    },
  );
}

function shownEvent(row: Selectable<AuditRow>): z.output<typeof auditEvent> {
  return {
    id: row.id,
    at: shownTime(row.at),
    actor: row.actor,
    actorKind: row.actor_kind,
    means: row.means,
    address: row.address,
    userAgent: row.user_agent,
    requestId: row.request_id,
    verb: row.verb,
    object: row.object,
    outcome: row.outcome,
    reason: row.reason,
    detail: JSON.parse(row.detail) as Record<string, unknown>,
  };
}
