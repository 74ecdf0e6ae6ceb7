import { z } from 'zod';
import { subjectOfTag } from '../../../../registry/attached-tags.js';
import { tagHistory } from '../../../images/listings.js';
import { countTags, type ListedTag, listTagRows, placeOfTag } from '../../../images/lists/list-tags.js';
import { type TagFigures, tagFigures } from '../../../images/lists/tag-figures.js';
import { shownTime, shownTimeOrNull } from '../../../schemas/fields.js';
import { repositoryInPath, tagInPath, tagMove, tagPage, type tagSchema, tagsQuery } from '../../../schemas/images.js';
import type { ServiceParts } from '../../../service-parts.js';
import type { ServiceApp } from '../../bare-app.js';
import { exportedAtOnce, sendCsv, wantsCsv } from '../../exports/send-csv.js';
import { linkNext, listPageOf } from '../../page.js';
import { requireVisible } from '../../visible-repository.js';
import { shownNotices } from '../hub/shown-repositories.js';

/** Columns of the exported list. */
const columns = [
  'name',
  'digest',
  'platform',
  'bytes',
  'pushedAt',
  'pushedBy',
  'pulledAt',
  'createdAt',
  'siblings',
  'signed',
  'attachedTo',
  'mediaType',
] as const;

/** Adds the routes of tags: as rows, from the index alone, and what each was before. */
export function addTagRoutes(app: ServiceApp, parts: ServiceParts): void {
  const { index } = parts;
  const config = { needs: 'anybody' } as const;
  const base = '/api/v1/registries/:registry/repositories/:repository';

  app.get(
    `${base}/tags`,
    {
      config,
      schema: {
        summary: 'Lists the tags of a repository',
        params: repositoryInPath,
        querystring: tagsQuery,
        response: { 200: tagPage },
      },
    },
    async (request, reply) => {
      const { limit, after, sort, format, q: contains, ...filter } = request.query;
      const { row } = await requireVisible(parts, request, request.params);
      const choice = { ...filter, contains };
      const read = async (size: number, from: string | undefined) => {
        const rows = await listTagRows(index, row.id, choice, { sort, after: from, limit: size + 1 });
        const digests = rows.slice(0, size).map(({ digest }) => digest);
        const figures = await tagFigures(index, row.id, digests);
        const shape = (each: ListedTag) => shownTag(each, figures);
        return listPageOf(rows, size, shape, (each) => placeOfTag(each, sort));
      };
      if (wantsCsv(request, format)) {
        const name = `${row.name}-tags`;
        return await sendCsv(
          { reply, complain: parts.complain },
          name,
          columns,
          (from) => read(exportedAtOnce, from),
          after,
        );
      }
      const shown = await read(limit, after);
      const [count, notices] = [await countTags(index, row.id, choice), await shownNotices(parts, row)];
      return linkNext(request, reply, { ...shown, count, notices });
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
      const { row } = await requireVisible(parts, request, request.params);
      const moves = await tagHistory(index, row.id, request.params.tag);
      return { items: moves.map(({ digest, at, actor, cause }) => ({ digest, at: shownTime(at), by: actor, cause })) };
    },
  );
}

function shownTag(row: ListedTag, { platforms, tags, signed }: TagFigures): z.output<typeof tagSchema> {
  const { name, digest, platform, bytes } = row;
  return {
    name,
    digest,
    mediaType: row.media_type,
    platform,
    platforms: [...(platforms.get(digest) ?? [{ platform, digest, bytes }])],
    bytes,
    createdAt: shownTimeOrNull(row.created_at),
    pushedAt: shownTime(row.pushed_at),
    pushedBy: row.pushed_by,
    pulledAt: shownTimeOrNull(row.pulled_at),
    siblings: Math.max(0, (tags.get(digest) ?? 1) - 1),
    signed: signed.has(digest),
    attachedTo: subjectOfTag(name) ?? null,
  };
}
