import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  cursorOf,
  findManifest,
  findVisible,
  type ListedTag,
  listIndexedTags,
  listRepositories,
  repositorySize,
  tagHistory,
} from '../../../images/listings.js';
import { parseQuery } from '../../../images/search/parse-query.js';
import { cursorOfHit, search } from '../../../images/search/search.js';
import type { SearchCursor, SearchHit } from '../../../images/search/search-hit.js';
import { notFound, Problem } from '../../../problem.js';
import { pageQuery, shownTime, shownTimeOrNull } from '../../../schemas/fields.js';
import {
  digestInPath,
  imageSchema,
  repositoriesQuery,
  repositoryInPath,
  repositoryPage,
  type repositorySchema,
  searchPage,
  searchQuery,
  sizedRepository,
  tagInPath,
  tagMove,
  tagPage,
  type tagSchema,
} from '../../../schemas/images.js';
import type { ServiceParts } from '../../../service-parts.js';
import type { RepositoryRow } from '../../../store/tables.js';
import type { ServiceApp } from '../../bare-app.js';
import { page } from '../../page.js';
import { viewerOf } from '../../rights-of.js';

/** Adds the routes of the index. Everybody sees what is public; what may not be seen is not there. */
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
      const { limit, after, registry, q } = request.query;
      const viewer = await viewerOf(parts, request);
      const rows = await listRepositories(index, viewer, { limit: limit + 1, after, registry, contains: q });
      return page(request, reply, rows, limit, shownRepository, cursorOf);
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
      const { q, limit, after } = request.query;
      const query = parseQuery(q);
      const place = after === undefined ? undefined : readCursor(after);
      const hits = await search(parts.index, await viewerOf(parts, request), query, { limit: limit + 1, after: place });
      return page(request, reply, hits, limit, shownHit, (hit) => writeCursor(cursorOfHit(hit)));
    },
  );

  app.get(
    base,
    { config, schema: { summary: 'Shows a repository', params: repositoryInPath, response: { 200: sizedRepository } } },
    async (request) => {
      const row = await visible(parts, request, request.params);
      const { total, unique } = await repositorySize(index, row.id);
      return { ...shownRepository(row), bytes: total, uniqueBytes: unique };
    },
  );

  app.get(
    `${base}/tags`,
    {
      config,
      schema: {
        summary: 'Lists the tags of a repository',
        params: repositoryInPath,
        querystring: pageQuery,
        response: { 200: tagPage },
      },
    },
    async (request, reply) => {
      const { limit, after } = request.query;
      const { id } = await visible(parts, request, request.params);
      return page(
        request,
        reply,
        await listIndexedTags(index, id, limit + 1, after),
        limit,
        shownTag,
        ({ name }) => name,
      );
    },
  );

  app.get(
    `${base}/tags/:tag/history`,
    {
      config,
      schema: {
        summary: 'Lists what a tag was before',
        params: tagInPath,
        response: { 200: z.object({ items: z.array(tagMove) }) },
      },
    },
    async (request) => {
      const { id } = await visible(parts, request, request.params);
      const moves = await tagHistory(index, id, request.params.tag);
      return { items: moves.map(({ digest, at, actor, cause }) => ({ digest, at: shownTime(at), by: actor, cause })) };
    },
  );

  app.get(
    `${base}/images/:digest`,
    { config, schema: { summary: 'Shows an image', params: digestInPath, response: { 200: imageSchema } } },
    async (request) => {
      const { digest } = request.params;
      const { id } = await visible(parts, request, request.params);
      const found = await findManifest(index, id, digest);
      if (found === undefined) throw notFound(`image ${digest}`);
      const { manifest, parts: named, referrers, tags } = found;
      return {
        digest,
        mediaType: manifest.media_type,
        artifactType: manifest.artifact_type,
        platform: manifest.platform,
        bytes: manifest.total_size,
        createdAt: shownTimeOrNull(manifest.created_at),
        labels: JSON.parse(manifest.labels) as Record<string, unknown>,
        annotations: JSON.parse(manifest.annotations) as Record<string, unknown>,
        tags,
        parts: named.map((each) => ({
          kind: each.kind,
          digest: each.digest,
          mediaType: each.media_type,
          platform: each.platform,
          bytes: each.size,
        })),
        referrers: referrers.map((each) => ({
          digest: each.digest,
          artifactType: each.artifact_type,
          bytes: each.total_size,
        })),
      };
    },
  );
}

async function visible(
  parts: ServiceParts,
  request: FastifyRequest,
  { registry, repository }: { readonly registry: string; readonly repository: string },
): Promise<RepositoryRow> {
  const row = await findVisible(parts.index, await viewerOf(parts, request), registry, repository);
  if (row === undefined) throw notFound(`repository ${repository} in ${registry}`);
  return row;
}

function shownRepository(row: RepositoryRow): z.output<typeof repositorySchema> {
  return {
    registry: row.registry,
    name: row.name,
    description: row.description,
    createdAt: shownTime(row.created_at),
    pushedAt: shownTimeOrNull(row.pushed_at),
    pulledAt: shownTimeOrNull(row.pulled_at),
    pullCount: row.pull_count,
  };
}

function shownTag(row: ListedTag): z.output<typeof tagSchema> {
  return {
    name: row.name,
    digest: row.digest,
    mediaType: row.media_type,
    platform: row.platform,
    bytes: row.total_size,
    createdAt: shownTimeOrNull(row.created_at),
    pushedAt: shownTime(row.pushed_at),
    pushedBy: row.pushed_by,
    pulledAt: shownTimeOrNull(row.pulled_at),
  };
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
