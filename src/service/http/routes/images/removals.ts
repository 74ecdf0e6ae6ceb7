import { may } from '../../../access/rights/decide.js';
import { previewRemoval } from '../../../images/removal/preview-removal.js';
import { notFound } from '../../../problem.js';
import { shownTimeOrNull } from '../../../schemas/fields.js';
import { digestInPath, repositoryInPath, tagInPath } from '../../../schemas/images.js';
import { imageRemoval, removedImages, removedTag, removeQuery, removeTagQuery } from '../../../schemas/removals.js';
import type { ServiceParts } from '../../../service-parts.js';
import { actorOf, requireAccount } from '../../admit.js';
import type { ServiceApp } from '../../bare-app.js';
import { requireRepositoryRight, requireVisible } from '../../visible-repository.js';

/** Adds the routes that delete tags, images and repositories, at their registry and in the index. */
export function addRemovals(app: ServiceApp, parts: ServiceParts): void {
  const { audit, index, registries } = parts;
  const { remover, kept } = parts.removals;
  const base = '/api/v1/registries/:registry/repositories/:repository';

  app.delete(
    `${base}/tags/:tag`,
    {
      schema: {
        summary: 'Deletes a tag; its image stays',
        params: tagInPath,
        querystring: removeTagQuery,
        response: { 200: removedTag },
      },
    },
    async (request) => {
      const { registry, repository, tag } = request.params;
      const place = await requireRepositoryRight(parts, request, request.params, 'delete');
      const { until, ...removed } = await remover.removeTag(requireAccount(request).name, place, tag, request.query);
      const detail = { registry, digest: removed.digest };
      await audit.record(actorOf(request), { verb: 'tag.delete', object: `${repository}:${tag}`, detail });
      return { ...removed, until: shownTimeOrNull(until) };
    },
  );

  app.get(
    `${base}/images/:digest/removal`,
    {
      config: { needs: 'anybody' },
      schema: {
        summary: 'Shows what the deletion of an image would take along',
        params: digestInPath,
        response: { 200: imageRemoval },
      },
    },
    async (request) => {
      const { registry, digest } = request.params;
      const { row, viewer } = await requireVisible(parts, request, request.params);
      const preview = await previewRemoval(index, row, digest);
      if (preview === undefined) throw notFound(`image ${digest}`);
      const isOpen = registries.find(registry)?.isReadOnly === false;
      const mayDelete = may(viewer.subject, 'delete', request.params, viewer.visibilities);
      const allowed = isOpen && mayDelete && preview.parents.length === 0;
      return { ...preview, allowed, until: shownTimeOrNull(kept.duration === 0 ? null : Date.now() + kept.duration) };
    },
  );

  app.delete(
    `${base}/images/:digest`,
    {
      schema: {
        summary: 'Deletes an image, with its parts that nothing else needs and what is about it',
        params: digestInPath,
        querystring: removeQuery,
        response: { 200: removedImages },
      },
    },
    async (request) => {
      const { registry, repository, digest } = request.params;
      const place = await requireRepositoryRight(parts, request, request.params, 'delete');
      const removed = await remover.removeImage(requireAccount(request).name, place, digest, request.query);
      const detail = { registry, tags: removed.tags, digests: removed.digests.slice(0, 20) };
      await audit.record(actorOf(request), { verb: 'image.delete', object: `${repository}@${digest}`, detail });
      return { ...removed, until: shownTimeOrNull(removed.until) };
    },
  );

  app.delete(
    base,
    {
      schema: {
        summary: 'Deletes a repository with all its images',
        params: repositoryInPath,
        querystring: removeTagQuery,
        response: { 200: removedImages },
      },
    },
    async (request) => {
      const { registry, repository } = request.params;
      const place = await requireRepositoryRight(parts, request, request.params, 'delete');
      const removed = await remover.removeRepository(requireAccount(request).name, place, request.query);
      const detail = { registry, tags: removed.tags.length, images: removed.digests.length };
      await audit.record(actorOf(request), { verb: 'repository.delete', object: repository, detail });
      return { ...removed, until: shownTimeOrNull(removed.until) };
    },
  );
}
