import type { z } from 'zod';
import { isDigest } from '../../../../registry/digest.js';
import { tagsIn } from '../../../images/removal/kept-images.js';
import { notFound, Problem } from '../../../problem.js';
import { shownTime } from '../../../schemas/fields.js';
import { digestInPath, repositoryInPath, tagInPath } from '../../../schemas/images.js';
import {
  type restorable,
  restorablePage,
  restorablesQuery,
  restoreBody,
  restoredImage,
  restoredTag,
  revertBody,
} from '../../../schemas/removals.js';
import type { ServiceParts } from '../../../service-parts.js';
import { actorOf, requireAccount } from '../../admit.js';
import type { ServiceApp } from '../../bare-app.js';
import { linkNext, listPageOf } from '../../page.js';
import { requireRepositoryRight, requireVisible } from '../../visible-repository.js';

/** Adds the routes that bring deleted tags and images back, and move tags to what they were. */
export function addRestores(app: ServiceApp, parts: ServiceParts): void {
  const { audit } = parts;
  const { kept, restorer } = parts.removals;
  const base = '/api/v1/registries/:registry/repositories/:repository';

  app.get(
    `${base}/removed`,
    {
      config: { needs: 'anybody' },
      schema: {
        summary: 'Lists what was deleted and can be brought back',
        params: repositoryInPath,
        querystring: restorablesQuery,
        response: { 200: restorablePage },
      },
    },
    async (request, reply) => {
      const { limit, after } = request.query;
      const { row } = await requireVisible(parts, request, request.params);
      const place = after === undefined ? undefined : readPlaceOf(after);
      const rows = await kept.list(row.registry, row.name, limit + 1, place);
      const { items, next } = listPageOf(
        rows,
        limit,
        (each) => shownRemoval(each),
        ({ at, id }) => `${at} ${id}`,
      );
      return linkNext(request, reply, { items: items.flat(), next });
    },
  );

  app.post(
    `${base}/tags/:tag/restore`,
    {
      schema: {
        summary: 'Brings a deleted tag back, with its image',
        params: tagInPath,
        body: restoreBody,
        response: { 200: restoredTag },
      },
    },
    async (request) => {
      const { registry, repository, tag } = request.params;
      const place = await requireRepositoryRight(parts, request, request.params, 'push');
      const done = await restorer.restoreTag(requireAccount(request).name, place, tag, request.body?.digest);
      const detail = { registry, digest: done.digest };
      await audit.record(actorOf(request), { verb: 'tag.restore', object: `${repository}:${tag}`, detail });
      return done;
    },
  );

  app.post(
    `${base}/tags/:tag/revert`,
    {
      schema: {
        summary: 'Moves a tag to an image that it led to before',
        params: tagInPath,
        body: revertBody,
        response: { 200: restoredTag },
      },
    },
    async (request) => {
      const { registry, repository, tag } = request.params;
      const { digest } = request.body;
      const place = await requireRepositoryRight(parts, request, request.params, 'push');
      if (!isDigest(digest)) throw notFound(`${digest} in the history of ${tag}`);
      const done = await restorer.revertTag(requireAccount(request).name, place, tag, digest);
      const detail = { registry, digest, was: done.was };
      await audit.record(actorOf(request), { verb: 'tag.revert', object: `${repository}:${tag}`, detail });
      return done;
    },
  );

  app.post(
    `${base}/images/:digest/restore`,
    {
      schema: {
        summary: 'Brings a deleted image back, with the tags that went with it',
        params: digestInPath,
        response: { 200: restoredImage },
      },
    },
    async (request) => {
      const { registry, repository, digest } = request.params;
      const place = await requireRepositoryRight(parts, request, request.params, 'push');
      const done = await restorer.restoreImage(requireAccount(request).name, place, digest);
      const detail = { registry, tags: done.tags };
      await audit.record(actorOf(request), { verb: 'image.restore', object: `${repository}@${digest}`, detail });
      return done;
    },
  );
}

/** Makes an entry of each tag of a deletion; one without a tag for an image that had none. */
function shownRemoval(
  row: Awaited<ReturnType<ServiceParts['removals']['kept']['list']>>[number],
): z.output<typeof restorable>[] {
  const tags = tagsIn(row);
  return (tags.length === 0 ? [null] : tags).map((tag) => ({
    id: row.id,
    tag,
    digest: row.digest,
    mediaType: row.media_type,
    kind: row.kind,
    by: row.actor,
    at: shownTime(row.at),
    until: shownTime(row.until),
    bytes: row.bytes,
  }));
}

function readPlaceOf(text: string): { readonly at: number; readonly id: string } {
  const [at = '', id = '', ...more] = text.split(' ');
  if (/^\d{1,15}$/.test(at) && more.length === 0) return { at: Number(at), id };
  const detail = 'must be `next` of the page before';
  throw new Problem('unprocessable', `after: ${detail}`, { errors: [{ pointer: 'after', detail }] });
}
