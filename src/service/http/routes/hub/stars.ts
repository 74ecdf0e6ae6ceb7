import type { FastifyRequest } from 'fastify';
import { cursorOf, placeOfCursor } from '../../../images/lists/list-repositories.js';
import { pageQuery } from '../../../schemas/fields.js';
import { starred } from '../../../schemas/hub.js';
import { repositoryInPath, repositoryPage } from '../../../schemas/images.js';
import type { ServiceParts } from '../../../service-parts.js';
import { requireAccount } from '../../admit.js';
import type { ServiceApp } from '../../bare-app.js';
import { page } from '../../page.js';
import { viewerOf } from '../../rights-of.js';
import { type RepositoryInPath, requireVisible } from '../../visible-repository.js';
import { shownRepositories } from './shown-repositories.js';

/** Adds the routes of stars: by those who may see a repository. */
export function addStarRoutes(app: ServiceApp, parts: ServiceParts): void {
  const { stars } = parts.hub;
  const path = '/api/v1/registries/:registry/repositories/:repository/star';
  const answer = async (request: FastifyRequest, id: string) => {
    const found = (await stars.of([id], requireAccount(request).id)).get(id);
    return { stars: found?.stars ?? 0, starred: found?.isOwn ?? false };
  };
  const placed = async (request: FastifyRequest, place: RepositoryInPath) =>
    (await requireVisible(parts, request, place)).row.id;

  app.put(
    path,
    { schema: { summary: 'Stars a repository', params: repositoryInPath, response: { 200: starred } } },
    async (request) => {
      const id = await placed(request, request.params);
      await stars.add(requireAccount(request).id, id);
      return await answer(request, id);
    },
  );

  app.delete(
    path,
    { schema: { summary: 'Takes a star back', params: repositoryInPath, response: { 200: starred } } },
    async (request) => {
      const id = await placed(request, request.params);
      await stars.remove(requireAccount(request).id, id);
      return await answer(request, id);
    },
  );

  app.get(
    '/api/v1/starred',
    {
      schema: {
        summary: 'Lists the repositories that the account starred, and may see',
        querystring: pageQuery,
        response: { 200: repositoryPage },
      },
    },
    async (request, reply) => {
      const { limit, after } = request.query;
      const from = after === undefined ? undefined : placeOfCursor(after);
      const { id } = requireAccount(request);
      const viewer = await viewerOf(parts, request);
      const rows = await stars.starredBy(id, viewer, limit + 1, from);
      const shown = await shownRepositories(parts, request, rows, viewer);
      return page(request, reply, shown, limit, (each) => each, cursorOf);
    },
  );
}
