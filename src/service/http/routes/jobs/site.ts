import { z } from 'zod';
import { shownDrift, shownDriftTasks } from '../../../drift/shown-drift.js';
import { roleInputsSchema } from '../../../jobs/child/child-request.js';
import { notFound } from '../../../problem.js';
import { hostSchema, shownHost } from '../../../schemas/drift.js';
import { shownTimeOrNull } from '../../../schemas/fields.js';
import type { ServiceParts } from '../../../service-parts.js';
import { senderOf } from '../../admit.js';
import type { ServiceApp } from '../../bare-app.js';

/** Adds the routes of what jobs work on: the site's plays, and its hosts with how they were found last. */
export function addSiteRoutes(app: ServiceApp, parts: ServiceParts): void {
  const { jobs, jobRights, site, drift } = parts;

  const shownSite = z.object({
    plays: z.array(
      z.object({ name: z.string(), hosts: z.array(z.string()), roles: z.array(z.string()), tags: z.array(z.string()) }),
    ),
    warnings: z.array(z.string()),
  });
  app.get(
    '/api/v1/site',
    { schema: { summary: 'Shows the plays of the site', response: { 200: shownSite } } },
    async (request) => {
      const may = await jobRights.of(senderOf(request));
      const { plays, warnings } = await site.look();
      const seen = plays.map((play) => ({ ...play, hosts: play.hosts.filter((host) => may('view', [host])) }));
      return { plays: seen.filter(({ hosts }) => hosts.length > 0), warnings: may('view', ['*']) ? warnings : [] };
    },
  );

  app.get(
    '/api/v1/site/roles',
    {
      schema: {
        summary: 'Shows what the roles of the site take: the variables that a job may set',
        response: { 200: z.object({ items: z.array(roleInputsSchema) }) },
      },
    },
    async (request) => {
      const may = await jobRights.of(senderOf(request));
      const { plays } = await site.look();
      const seen = plays.filter(({ hosts: all }) => all.some((name) => may('view', [name])));
      const names = new Set(seen.flatMap(({ roles }) => roles));
      return { items: (await site.roles()).filter(({ name }) => names.has(name)) };
    },
  );

  const hosts = async (request: Parameters<typeof senderOf>[0], withTasks: boolean) => {
    const may = await jobRights.of(senderOf(request));
    const [{ hosts: all }, results, drifts] = await Promise.all([site.look(), jobs.store.lastResults(), drift.hosts()]);
    const last = new Map(results.map((row) => [row.host, row]));
    return all
      .filter(({ name }) => may('view', [name]))
      .map(({ name, groups }) => {
        const row = last.get(name);
        return {
          name,
          groups,
          result: row?.result ?? null,
          resultAt: shownTimeOrNull(row?.ended_at ?? null),
          job: row?.job ?? null,
          drift: withTasks ? shownDriftTasks(drifts.get(name)) : { ...shownDrift(drifts.get(name)), tasks: [] },
        };
      });
  };
  app.get(
    '/api/v1/hosts',
    { schema: { summary: 'Lists hosts', response: { 200: z.object({ items: z.array(hostSchema) }) } } },
    async (request) => ({
      items: await hosts(request, false),
    }),
  );

  app.get(
    '/api/v1/hosts/:host',
    {
      schema: {
        summary: 'Shows a host',
        params: z.strictObject({ host: z.string().min(1).max(255) }),
        response: { 200: shownHost },
      },
    },
    async (request) => {
      const found = (await hosts(request, true)).find(({ name }) => name === request.params.host);
      if (found === undefined) throw notFound(`host ${request.params.host}`);
      return found;
    },
  );
}
