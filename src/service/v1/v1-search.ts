import type { z } from 'zod';
import type { ServiceApp } from '../http/bare-app.js';
import { viewerOf } from '../http/rights-of.js';
import { v1SearchPage, v1SearchQuery } from '../schemas/v1.js';
import type { TrustingRegistry } from '../tokens/registries.js';
import { findNames, type V1RepositoryInPath } from './find-names.js';
import { answerV1 } from './v1-answer.js';
import { namedRegistry, type V1Context } from './v1-context.js';

/**
 * Adds the search of docker and podman. It finds what the sender may see in all registries, each name once: those of the registry that
 * was asked come first, as podman puts its address before each name.
 */
export function addV1Search(app: ServiceApp, context: V1Context): void {
  const { parts, starsOf } = context;
  app.get(
    '/search',
    {
      config: { needs: 'anybody', own: true },
      schema: { summary: 'Finds repositories by v1', querystring: v1SearchQuery, response: { 200: v1SearchPage } },
    },
    async (request, reply) => {
      const { q, n, page } = request.query;
      const own = namedRegistry(context, request);
      const among = searchedRegistries(parts.registries.list(), request.tokenRegistry);
      const found = await findNames(parts.index.database, await viewerOf(parts, request), {
        text: q,
        among: among.map(({ name }) => name),
        own: own?.name,
      });
      const shown = found.slice((page - 1) * n, page * n);
      const stars = shown.length === 0 ? new Map<string, number>() : await starsOf(shown.map(({ id }) => id));
      const answer: z.output<typeof v1SearchPage> = {
        num_pages: Math.ceil(found.length / n),
        num_results: found.length,
        page,
        page_size: n,
        query: q,
        results: shown.map((row) => ({
          description: described(row, own, among),
          is_automated: false,
          is_official: false,
          name: row.name,
          star_count: stars.get(row.id) ?? 0,
        })),
      };
      return answerV1(reply, 200, answer);
    },
  );
}

/**
 * Returns the registries that a search is about: all, but for the token of a registry elsewhere its own alone. Such a registry has seen
 * the token, and must not see by it what the others have.
 */
function searchedRegistries(
  all: readonly TrustingRegistry[],
  ofToken: string | undefined,
): readonly TrustingRegistry[] {
  const registry = all.find(({ name }) => name === ofToken);
  const isOurs = registry === undefined || registry.beside !== undefined || registry.members !== undefined;
  return isOurs ? all : [registry];
}

/** Returns a description that says where a repository is, where the address before its name is another. */
function described(
  { description, name, registry }: V1RepositoryInPath,
  own: TrustingRegistry | undefined,
  among: readonly TrustingRegistry[],
): string {
  const host = among.find((each) => each.name === registry)?.host;
  if (host === undefined || registry === own?.name) return description;
  return `${description}${description === '' ? '' : ' '}(at ${host}/${name})`;
}
