import type { z } from 'zod';
import type { DriftPlace } from '../../../drift/drift-store.js';
import { shownDriftTasks, shownRegistryDrift } from '../../../drift/shown-drift.js';
import { Problem } from '../../../problem.js';
import { driftedHost, driftQuery } from '../../../schemas/drift.js';
import { listPage } from '../../../schemas/fields.js';
import type { ServiceParts } from '../../../service-parts.js';
import type { HostDriftRow } from '../../../store/tables.js';
import { senderOf } from '../../admit.js';
import type { ServiceApp } from '../../bare-app.js';
import { page } from '../../page.js';

const cursor = /^(\d{1,16}) (.{1,255})$/;

/** Adds the list of what differs. */
export function addDriftRoute(app: ServiceApp, parts: ServiceParts): void {
  const { drift, jobRights, managed } = parts;
  app.get(
    '/api/v1/drift',
    {
      schema: {
        summary: 'Lists hosts that differ from what the site says, those that came to it last first',
        querystring: driftQuery,
        response: { 200: listPage(driftedHost) },
      },
    },
    async (request, reply) => {
      const { limit, after, state, host } = request.query;
      const may = await jobRights.of(senderOf(request));
      const registries = await drift.registries();
      const differing = (name: string) =>
        managed
          .list()
          .filter((found) => found.host === name)
          .filter((found) => {
            const options = { changedAt: managed.changedAt(), withTasks: false };
            return shownRegistryDrift(found, registries.get(found.entry.name), options).state === 'differs';
          })
          .map(({ entry }) => entry.name);
      const rows: HostDriftRow[] = [];
      let place = after === undefined ? undefined : placeOf(after);
      for (;;) {
        const some = await drift.list(state, limit + 1, { after: place, host });
        rows.push(...some.filter((row) => may('view', [row.host])));
        place = some.at(-1);
        if (rows.length > limit || some.length <= limit) break;
      }
      const shown = (row: HostDriftRow): z.output<typeof driftedHost> => ({
        host: row.host,
        ...shownDriftTasks(row),
        registries: differing(row.host),
      });
      return page(request, reply, rows, limit, shown, (row) => `${row.since} ${row.host}`);
    },
  );
}

/** @throws Problem for what no page has given */
function placeOf(text: string): DriftPlace {
  const [, since, host] = cursor.exec(text) ?? [];
  if (since === undefined || host === undefined)
    throw new Problem('invalid-request', 'after: must be `next` of a page');
  return { since: Number(since), host };
}
