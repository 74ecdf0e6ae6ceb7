import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { visibilityOf } from '../../../access/rights/decide.js';
import { descriptionsOf } from '../../../hub/descriptions.js';
import { withHtml } from '../../../hub/markdown/render-markdown.js';
import { countTagsOf } from '../../../images/lists/list-repositories.js';
import type { Viewer } from '../../../images/visible-repositories.js';
import { shownTime, shownTimeOrNull } from '../../../schemas/fields.js';
import type { repositorySchema, shownNotice } from '../../../schemas/images.js';
import type { ServiceParts } from '../../../service-parts.js';
import type { NoticeRow, RepositoryRow } from '../../../store/tables.js';
import { senderOf } from '../../admit.js';

type Shown = z.output<typeof repositorySchema>;

/** Returns repositories as answers have them, with what people say of them. */
export async function shownRepositories(
  { database, hub, index, registries }: ServiceParts,
  request: FastifyRequest,
  rows: readonly RepositoryRow[],
  { visibilities }: Viewer,
): Promise<Shown[]> {
  const ids = rows.map(({ id }) => id);
  const [tags, descriptions, stars, notices] = await Promise.all([
    countTagsOf(index, rows),
    descriptionsOf(database, rows),
    hub.stars.of(ids, senderOf(request).account?.id),
    hub.notices.aboutEach(rows),
  ]);
  return rows.map((row, at) => {
    const { text: description, from: descriptionFrom } = descriptions.get(row.id) ?? { text: '', from: null };
    return {
      registry: row.registry,
      address: registries.find(row.registry)?.host ?? row.registry,
      name: row.name,
      description,
      descriptionFrom,
      createdAt: shownTime(row.created_at),
      pushedAt: shownTimeOrNull(row.pushed_at),
      pulledAt: shownTimeOrNull(row.pulled_at),
      pullCount: row.pull_count,
      tags: tags.get(row.id) ?? 0,
      visibility: visibilityOf({ registry: row.registry, repository: row.name }, visibilities).visibility,
      stars: stars.get(row.id)?.stars ?? 0,
      starred: stars.get(row.id)?.isOwn ?? false,
      notice: notices[at]?.[0]?.level ?? null,
    };
  });
}

/** Returns the notices about a repository, as answers have them. */
export async function shownNotices(
  { hub }: ServiceParts,
  { registry, name }: RepositoryRow,
): Promise<z.output<typeof shownNotice>[]> {
  return (await withHtml(await hub.notices.about({ registry, name }))).map(noticeOf);
}

function noticeOf({ id, path, level, source, html, until }: NoticeRow): z.output<typeof shownNotice> {
  return { id, path, level, text: source, html, until: shownTimeOrNull(until) };
}
