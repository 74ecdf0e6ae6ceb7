import { z } from 'zod';
import { cursorOf, listRepositories } from '../../../images/lists/list-repositories.js';
import type { ServiceParts } from '../../../service-parts.js';
import type { ServiceApp } from '../../bare-app.js';
import { viewerOf } from '../../rights-of.js';

/**
 * Adds the catalogue of all registries in distribution's form: of what the sender may see. A registry itself can't tell who may see
 * what there, so it lists names for administrators alone.
 */
export function addDistributionRoutes(app: ServiceApp, parts: ServiceParts): void {
  const config = { needs: 'anybody' } as const;
  app.get(
    '/v2/',
    { config, schema: { summary: 'Says that a login is known', response: { 200: z.object({}) } } },
    async (_request, reply) => {
      reply.header('Docker-Distribution-Api-Version', 'registry/2.0');
      return {};
    },
  );
  const query = z.object({
    n: z.coerce.number().int().min(1).max(1000).default(100),
    last: z.string().max(255).optional(),
  });
  app.get(
    '/v2/_catalog',
    {
      config,
      schema: {
        summary: 'Lists the repositories that the account may see',
        querystring: query,
        response: { 200: z.object({ repositories: z.array(z.string()) }) },
      },
    },
    async (request, reply) => {
      const { n, last } = request.query;
      const viewer = await viewerOf(parts, request);
      // One name may be in several registries; \x7f comes behind each of them.
      const after = last === undefined ? undefined : `${last} \x7f`;
      const names: string[] = [];
      for (let from = after; names.length <= n; ) {
        const rows = await listRepositories(parts.index, viewer, { limit: n + 1, after: from });
        for (const { name } of rows) if (names.at(-1) !== name) names.push(name);
        const end = rows.at(-1);
        if (end === undefined || rows.length <= n) break;
        from = cursorOf(end);
      }
      const shown = names.slice(0, n);
      const final = shown.at(-1);
      if (names.length > n && final !== undefined) {
        const search = new URLSearchParams({ n: String(n), last: final });
        reply.header('Link', `</v2/_catalog?${search.toString()}>; rel="next"`);
      }
      return { repositories: shown };
    },
  );
}
