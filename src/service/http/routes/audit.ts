import type { Selectable } from 'kysely';
import { z } from 'zod';
import { auditEvent } from '../../schemas/access.js';
import { exportFormat, futureTime, listPage, pageQuery, shownTime } from '../../schemas/fields.js';
import type { ServiceParts } from '../../service-parts.js';
import type { AuditRow } from '../../store/tables.js';
import type { ServiceApp } from '../bare-app.js';
import { exportedAtOnce, sendCsv, wantsCsv } from '../exports/send-csv.js';
import { linkNext, listPageOf } from '../page.js';

/** Columns of the exported list. */
const columns = [
  'id',
  'at',
  'actor',
  'actorKind',
  'means',
  'address',
  'userAgent',
  'requestId',
  'verb',
  'object',
  'outcome',
  'reason',
  'detail',
] as const;

/** Adds the route of the audit, newest first. */
export function addAuditRoutes(app: ServiceApp, { audit, complain }: ServiceParts): void {
  const query = pageQuery.extend({
    after: z
      .string()
      .regex(/^\d{1,15}$/, { error: 'must be `next` of the page before' })
      .optional(),
    actor: z.string().max(64).optional(),
    verb: z.string().max(64).optional(),
    object: z.string().max(256).optional(),
    format: exportFormat,
    outcome: auditEvent.shape.outcome.optional(),
    since: futureTime.optional().describe('Events from this time on'),
    until: futureTime.optional().describe('Events up to this time'),
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
      const { limit, after, format, ...filter } = request.query;
      const read = async (size: number, from: string | undefined) => {
        const before = from === undefined ? undefined : Number(from);
        const rows = await audit.list(size + 1, { ...filter, before });
        return listPageOf(rows, size, shownEvent, (row) => String(row.id));
      };
      if (wantsCsv(request, format)) {
        return await sendCsv({ reply, complain }, 'audit', columns, (from) => read(exportedAtOnce, from), after);
      }
      return linkNext(request, reply, await read(limit, after));
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
