import { parseQuery } from '../../../images/search/parse-query.js';
import { cursorOfHit, search } from '../../../images/search/search.js';
import type { SearchCursor, SearchHit } from '../../../images/search/search-hit.js';
import { Problem } from '../../../problem.js';
import { shownTimeOrNull } from '../../../schemas/fields.js';
import { searchPage, searchQuery } from '../../../schemas/images.js';
import type { ServiceParts } from '../../../service-parts.js';
import type { ServiceApp } from '../../bare-app.js';
import { page } from '../../page.js';
import { viewerOf } from '../../rights-of.js';

/** Adds the search over all registries. Everybody searches what they may see. */
export function addSearchRoute(app: ServiceApp, parts: ServiceParts): void {
  app.get(
    '/api/v1/search',
    { config: { needs: 'anybody' }, schema: { querystring: searchQuery, response: { 200: searchPage } } },
    async (request, reply) => {
      const { q, limit, after } = request.query;
      const query = parseQuery(q);
      const place = after === undefined ? undefined : readCursor(after);
      const hits = await search(parts.index, await viewerOf(parts, request), query, { limit: limit + 1, after: place });
      return page(request, reply, hits, limit, shownHit, (hit) => writeCursor(cursorOfHit(hit)));
    },
  );
}

function shownHit(hit: SearchHit) {
  return { ...hit, pushedAt: shownTimeOrNull(hit.pushedAt) };
}

function writeCursor({ name, registry, key }: SearchCursor): string {
  return `${name} ${registry} ${key}`;
}

function readCursor(text: string): SearchCursor {
  const [name, registry, key, ...more] = text.split(' ');
  if (name === undefined || registry === undefined || key === undefined || more.length > 0) {
    const detail = 'must be `next` of the page before';
    throw new Problem('unprocessable', `after: ${detail}`, { errors: [{ pointer: 'after', detail }] });
  }
  return { name, registry, key };
}
