import type { FastifyRequest } from 'fastify';
import { may } from '../../../access/rights/decide.js';
import { findVisible } from '../../../images/listings.js';
import { notFound, Problem } from '../../../problem.js';
import {
  digestInPath,
  removedImages,
  removedTag,
  removeQuery,
  repositoryInPath,
  tagInPath,
} from '../../../schemas/images.js';
import type { ServiceParts } from '../../../service-parts.js';
import type { RepositoryRow } from '../../../store/tables.js';
import { actorOf, requireAccount } from '../../admit.js';
import type { ServiceApp } from '../../bare-app.js';
import { viewerOf } from '../../rights-of.js';

/** Adds the routes that delete tags, images and repositories, at their registry and in the index. */
export function addRemovals(app: ServiceApp, parts: ServiceParts): void {
  const { remover, audit } = parts;
  const base = '/api/v1/registries/:registry/repositories/:repository';

  app.delete(
    `${base}/tags/:tag`,
    { schema: { summary: 'Deletes a tag; its image stays', params: tagInPath, response: { 200: removedTag } } },
    async (request) => {
      const { registry, repository, tag } = request.params;
      const place = await deletable(parts, request, request.params);
      const removed = await remover.removeTag(requireAccount(request).name, place, tag);
      const detail = { registry, digest: removed.digest };
      await audit.record(actorOf(request), { verb: 'tag.delete', object: `${repository}:${tag}`, detail });
      return removed;
    },
  );

  app.delete(
    `${base}/images/:digest`,
    {
      schema: {
        summary: 'Deletes an image',
        params: digestInPath,
        querystring: removeQuery,
        response: { 200: removedImages },
      },
    },
    async (request) => {
      const { registry, repository, digest } = request.params;
      const place = await deletable(parts, request, request.params);
      const removed = await remover.removeImage(requireAccount(request).name, place, digest, request.query.withTags);
      const detail = { registry, tags: removed.tags };
      await audit.record(actorOf(request), { verb: 'image.delete', object: `${repository}@${digest}`, detail });
      return removed;
    },
  );

  app.delete(
    base,
    {
      schema: {
        summary: 'Deletes a repository with all its images',
        params: repositoryInPath,
        response: { 200: removedImages },
      },
    },
    async (request) => {
      const { registry, repository } = request.params;
      const place = await deletable(parts, request, request.params);
      const removed = await remover.removeRepository(requireAccount(request).name, place);
      const detail = { registry, tags: removed.tags.length, images: removed.digests.length };
      await audit.record(actorOf(request), { verb: 'repository.delete', object: repository, detail });
      return removed;
    },
  );
}

/** @throws Problem where there is no such repository to the sender, or they may not delete of it */
async function deletable(
  parts: ServiceParts,
  request: FastifyRequest,
  { registry, repository }: { readonly registry: string; readonly repository: string },
): Promise<RepositoryRow> {
  const viewer = await viewerOf(parts, request);
  const row = await findVisible(parts.index, viewer, registry, repository);
  if (row === undefined) throw notFound(`repository ${repository} in ${registry}`);
  if (may(viewer.subject, 'delete', { registry, repository }, viewer.visibilities)) return row;
  throw new Problem('forbidden', `this takes the right to delete in ${repository}: a maintainer's`);
}
