import { z } from 'zod';
import { invalid } from '../../../access/accounts/accounts.js';
import { mayMaintainPath } from '../../../access/rights/manage.js';
import { coversPath } from '../../../access/rights/paths.js';
import { withHtml } from '../../../hub/markdown/render-markdown.js';
import { notFound, Problem } from '../../../problem.js';
import { idInPath, shownTime, shownTimeOrNull } from '../../../schemas/fields.js';
import { newNotice, noticePage, noticeSchema, noticesQuery } from '../../../schemas/hub.js';
import type { ServiceParts } from '../../../service-parts.js';
import type { NoticeRow } from '../../../store/tables.js';
import { actorOf, requireAccount } from '../../admit.js';
import type { ServiceApp } from '../../bare-app.js';
import { page } from '../../page.js';
import { rightsOf } from '../../rights-of.js';

/** Adds the routes of notices, for maintainers of what they are pinned to. They are shown in the answers of repositories. */
export function addNoticeRoutes(app: ServiceApp, parts: ServiceParts): void {
  const { hub, audit } = parts;

  app.get(
    '/api/v1/notices',
    {
      schema: {
        summary: 'Lists the notices that the account may change, those that are over as well',
        querystring: noticesQuery,
        response: { 200: noticePage },
      },
    },
    async (request, reply) => {
      const { limit, after, path, registry } = request.query;
      const rights = await rightsOf(parts, request);
      const rows: NoticeRow[] = [];
      for (let last = after; ; ) {
        const some = await hub.notices.list(500, last);
        const asked = some.filter(
          (row) => coversPath(path, row.path) && (registry === '' || row.registry === registry),
        );
        rows.push(...asked.filter((row) => mayMaintainPath(rights, row.registry, row.path)));
        last = some.at(-1)?.id;
        if (some.length < 500 || rows.length > limit) break;
      }
      const shown = await withHtml(rows.slice(0, limit + 1));
      return page(request, reply, shown, limit, shownNoticeRow, ({ id }) => id);
    },
  );

  app.post(
    '/api/v1/notices',
    {
      schema: {
        summary: 'Pins a notice to a repository, or to all below a path',
        body: newNotice,
        response: { 201: noticeSchema },
      },
    },
    async (request, reply) => {
      const { registry, path, until } = request.body;
      if (!mayMaintainPath(await rightsOf(parts, request), registry, path)) {
        throw new Problem(
          'forbidden',
          `this takes a maintainer of ${path === '' ? 'everything: an administrator' : path}`,
        );
      }
      if (until !== null && until <= Date.now()) throw invalid('/until', 'must not be over');
      const row = await hub.notices.add(request.body, requireAccount(request));
      const detail = { registry, notice: row.id, level: row.level };
      await audit.record(actorOf(request), { verb: 'notice.create', object: path, detail });
      return reply.code(201).send(shownNoticeRow(row));
    },
  );

  app.delete(
    '/api/v1/notices/:id',
    { schema: { summary: 'Deletes a notice', params: idInPath, response: { 204: z.null() } } },
    async (request, reply) => {
      const row = await hub.notices.get(request.params.id);
      if (!mayMaintainPath(await rightsOf(parts, request), row.registry, row.path)) throw notFound(`notice ${row.id}`);
      await hub.notices.remove(row.id);
      const detail = { registry: row.registry, notice: row.id, level: row.level };
      await audit.record(actorOf(request), { verb: 'notice.delete', object: row.path, detail });
      return reply.code(204).send(null);
    },
  );
}

function shownNoticeRow(row: NoticeRow): z.output<typeof noticeSchema> {
  return {
    id: row.id,
    registry: row.registry,
    path: row.path,
    level: row.level,
    text: row.source,
    html: row.html,
    until: shownTimeOrNull(row.until),
    createdAt: shownTime(row.created_at),
    createdBy: row.created_by,
  };
}
