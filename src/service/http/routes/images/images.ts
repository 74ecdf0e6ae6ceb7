import { isDigest } from '../../../../registry/digest.js';
import { may } from '../../../access/rights/decide.js';
import { actions } from '../../../access/rights/roles.js';
import { shortDescriptions } from '../../../hub/descriptions.js';
import { listByStars, type StarCursor } from '../../../images/by-stars.js';
import { imageDetails } from '../../../images/details/image-details.js';
import { repositorySize } from '../../../images/listings.js';
import { listingConditions, listRepositories, placeOfRepository } from '../../../images/lists/list-repositories.js';
import { parseQuery } from '../../../images/search/parse-query.js';
import { cursorOfHit, search } from '../../../images/search/search.js';
import type { SearchCursor, SearchHit } from '../../../images/search/search-hit.js';
import { notFound, Problem } from '../../../problem.js';
import { shownTimeOrNull } from '../../../schemas/fields.js';
import { imageSchema, referrerContent, referrerInPath } from '../../../schemas/image-details.js';
import {
  digestInPath,
  repositoriesQuery,
  repositoryInPath,
  repositoryPage,
  searchPage,
  searchQuery,
  sizedRepository,
} from '../../../schemas/images.js';
import type { ServiceParts } from '../../../service-parts.js';
import { senderOf } from '../../admit.js';
import type { ServiceApp } from '../../bare-app.js';
import { exportedAtOnce, sendCsv, wantsCsv } from '../../exports/send-csv.js';
import { linkNext, listPageOf } from '../../page.js';
import { viewerOf } from '../../rights-of.js';
import { requireRepositoryRight, requireVisible } from '../../visible-repository.js';
import { shownNotices, shownRepositories } from '../hub/shown-repositories.js';

/** Columns of the exported lists. */
const repositoryColumns = [
  'registry',
  'name',
  'tags',
  'visibility',
  'pushedAt',
  'pulledAt',
  'pullCount',
  'createdAt',
  'stars',
  'description',
] as const;
const hitColumns = [
  'kind',
  'registry',
  'repository',
  'tag',
  'digest',
  'platform',
  'bytes',
  'pushedAt',
  'pushedBy',
  'mediaType',
] as const;

/** Adds the routes of repositories and images. Everybody sees what is public; what may not be seen is not there. */
export function addImageRoutes(app: ServiceApp, parts: ServiceParts): void {
  const { index } = parts;
  const config = { needs: 'anybody' } as const;
  const base = '/api/v1/registries/:registry/repositories/:repository';

  app.get(
    '/api/v1/repositories',
    {
      config,
      schema: { summary: 'Lists repositories', querystring: repositoriesQuery, response: { 200: repositoryPage } },
    },
    async (request, reply) => {
      const { limit, after, registry, q: contains, sort, format } = request.query;
      const viewer = await viewerOf(parts, request);
      const listed = async (size: number, from: string | undefined) => {
        if (sort !== 'stars') {
          const choice = { limit: size + 1, after: from, registry, contains, sort };
          return listPageOf(
            await listRepositories(index, viewer, choice),
            size,
            (row) => row,
            (row) => placeOfRepository(row, sort),
          );
        }
        const conditions = listingConditions(index.database, { registry, contains });
        const place = from === undefined ? undefined : readStarCursor(from);
        const ranked = await listByStars(index.database, viewer, { limit: size + 1, after: place, conditions });
        return listPageOf(ranked, size, (row) => row, writeStarCursor);
      };
      const read = async (size: number, from: string | undefined) => {
        const { items, next } = await listed(size, from);
        return { items: await shownRepositories(parts, request, items, viewer), next };
      };
      if (wantsCsv(request, format)) {
        return await sendCsv(
          { reply, complain: parts.complain },
          'repositories',
          repositoryColumns,
          (from) => read(exportedAtOnce, from),
          after,
        );
      }
      return linkNext(request, reply, await read(limit, after));
    },
  );

  app.get(
    '/api/v1/search',
    {
      config,
      schema: {
        summary: 'Finds repositories, tags and images',
        querystring: searchQuery,
        response: { 200: searchPage },
      },
    },
    async (request, reply) => {
      const { q, limit, after, format } = request.query;
      const query = parseQuery(q);
      const viewer = await viewerOf(parts, request);
      const read = async (size: number, from: string | undefined) => {
        const place = from === undefined ? undefined : readCursor(from);
        const hits = await search(index, viewer, query, { limit: size + 1, after: place });
        return listPageOf(await describedHits(parts, hits), size, shownHit, (hit) => writeCursor(cursorOfHit(hit)));
      };
      if (wantsCsv(request, format)) {
        return await sendCsv(
          { reply, complain: parts.complain },
          'search',
          hitColumns,
          (from) => read(exportedAtOnce, from),
          after,
        );
      }
      return linkNext(request, reply, await read(limit, after));
    },
  );

  app.get(
    base,
    { config, schema: { summary: 'Shows a repository', params: repositoryInPath, response: { 200: sizedRepository } } },
    async (request) => {
      const { row, viewer } = await requireVisible(parts, request, request.params);
      const { total, unique } = await repositorySize(index, row.id);
      const [shown] = await shownRepositories(parts, request, [row], viewer);
      if (shown === undefined) throw notFound(`repository ${row.name} in ${row.registry}`);
      const { subject, visibilities } = viewer;
      return {
        ...shown,
        bytes: total,
        uniqueBytes: unique,
        notices: await shownNotices(parts, row),
        actions: actions.filter((action) => may(subject, action, request.params, visibilities)),
      };
    },
  );

  app.get(
    `${base}/images/:digest`,
    { config, schema: { summary: 'Shows an image', params: digestInPath, response: { 200: imageSchema } } },
    async (request) => {
      const { row, viewer } = await requireVisible(parts, request, request.params);
      const found = await imageDetails(index, viewer, row, request.params.digest);
      if (found === undefined) throw notFound(`image ${request.params.digest}`);
      return found;
    },
  );

  app.get(
    `${base}/images/:digest/referrers/:referrer/content`,
    {
      config,
      schema: {
        summary: 'Shows the content of a signature, a list of packages or a provenance; nothing of it is verified',
        params: referrerInPath,
        response: { 200: referrerContent },
      },
    },
    async (request) => {
      const { digest, referrer } = request.params;
      const { row: visible, viewer } = await requireVisible(parts, request, request.params);
      const image = await imageDetails(index, viewer, visible, digest);
      const known = image?.referrers.find((each) => each.digest === referrer);
      if (known === undefined || !isDigest(referrer)) throw notFound(`manifest ${referrer} about ${digest}`);
      const row = await requireRepositoryRight(parts, request, request.params, 'pull');
      const { account } = senderOf(request);
      return await parts.attached.read(account?.name ?? '', row, referrer);
    },
  );
}

/** Adds the beginning of its description to each repository that was found. */
async function describedHits({ database }: ServiceParts, hits: readonly SearchHit[]) {
  const texts = await shortDescriptions(
    database,
    hits.filter(({ kind }) => kind === 'repository'),
  );
  return hits.map((hit) => ({ ...hit, description: hit.kind === 'repository' ? (texts.shift() ?? '') : '' }));
}

function writeStarCursor({ stars, name, registry }: StarCursor): string {
  return `${stars} ${name} ${registry}`;
}

function readStarCursor(text: string): StarCursor {
  const [, stars, name, registry] = /^(\d{1,9}) (\S+) (\S+)$/.exec(text) ?? [];
  if (name === undefined || registry === undefined) throw wrongCursor();
  return { stars: Number(stars), name, registry };
}

function wrongCursor(): Problem {
  const detail = 'must be `next` of the page before';
  return new Problem('unprocessable', `after: ${detail}`, { errors: [{ pointer: 'after', detail }] });
}

function shownHit(hit: SearchHit & { readonly description: string }) {
  return { ...hit, pushedAt: shownTimeOrNull(hit.pushedAt) };
}

function writeCursor({ name, registry, key }: SearchCursor): string {
  return `${name} ${registry} ${key}`;
}

function readCursor(text: string): SearchCursor {
  const [name, registry, key, ...more] = text.split(' ');
  if (name === undefined || registry === undefined || key === undefined || more.length > 0) {
    throw wrongCursor();
  }
  return { name, registry, key };
}
