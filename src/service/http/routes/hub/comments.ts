import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { StoredComment } from '../../../hub/comments.js';
import { withHtml } from '../../../hub/markdown/render-markdown.js';
import { notFound, Problem } from '../../../problem.js';
import { listPage, shownTime, shownTimeOrNull } from '../../../schemas/fields.js';
import { commentChanges, commentInPath, commentSchema, commentsQuery, newComment } from '../../../schemas/hub.js';
import { repositoryInPath } from '../../../schemas/images.js';
import type { ServiceParts } from '../../../service-parts.js';
import { actorOf, requireAccount, senderOf } from '../../admit.js';
import type { ServiceApp } from '../../bare-app.js';
import { page } from '../../page.js';
import { maintains, pullableRepository, requireVisible } from '../../visible-repository.js';

/** Adds the routes of comments: read by those who may see a repository, written by those who may pull it. */
export function addCommentRoutes(app: ServiceApp, parts: ServiceParts): void {
  const { comments } = parts.hub;
  const { audit } = parts;
  const base = '/api/v1/registries/:registry/repositories/:repository/comments';

  app.get(
    base,
    {
      config: { needs: 'anybody' },
      schema: {
        summary: 'Lists the comments on a repository and its tags, oldest first',
        params: repositoryInPath,
        querystring: commentsQuery,
        response: { 200: listPage(commentSchema) },
      },
    },
    async (request, reply) => {
      const { limit, after, tag } = request.query;
      const { row } = await requireVisible(parts, request, request.params);
      const rows = await withHtml(await comments.list(row.id, { limit: limit + 1, after, tag }));
      return page(request, reply, rows, limit, shownTo(request), ({ number }) => String(number));
    },
  );

  app.post(
    base,
    {
      schema: {
        summary: 'Comments on a repository, or on one of its tags',
        params: repositoryInPath,
        body: newComment,
        response: { 201: commentSchema },
      },
    },
    async (request, reply) => {
      const { registry, repository } = request.params;
      const { text, tag = '' } = request.body;
      const { row } = await pullableRepository(parts, request, request.params);
      if (tag !== '' && !(await hasTag(row.id, tag))) throw notFound(`tag ${tag} in ${repository}`);
      const added = await comments.add(requireAccount(request), row.id, tag, text);
      const detail = { registry, comment: added.number, tag };
      await audit.record(actorOf(request), { verb: 'comment.create', object: repository, detail });
      return reply.code(201).send(shownTo(request)(added));
    },
  );

  app.patch(
    `${base}/:comment`,
    {
      schema: {
        summary: 'Changes a comment of the account',
        params: commentInPath,
        body: commentChanges,
        response: { 200: commentSchema },
      },
    },
    async (request) => {
      const { registry, repository, comment } = request.params;
      const { row } = await pullableRepository(parts, request, request.params);
      const found = await comments.get(row.id, comment);
      if (found.account_id !== requireAccount(request).id) {
        throw new Problem('forbidden', 'a comment is changed by its author alone');
      }
      const edited = await comments.edit(found, request.body.text);
      const detail = { registry, comment };
      await audit.record(actorOf(request), { verb: 'comment.change', object: repository, detail });
      return shownTo(request)(edited);
    },
  );

  app.delete(
    `${base}/:comment`,
    {
      schema: {
        summary: 'Deletes a comment: its author, or a maintainer',
        params: commentInPath,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { registry, repository, comment } = request.params;
      const seen = await requireVisible(parts, request, request.params);
      const { number, author, account_id: by } = await comments.get(seen.row.id, comment);
      if (by !== requireAccount(request).id && !maintains(seen)) {
        throw new Problem('forbidden', `a comment is deleted by its author, or by a maintainer of ${repository}`);
      }
      await comments.remove(number);
      const detail = { registry, comment, author };
      await audit.record(actorOf(request), { verb: 'comment.delete', object: repository, detail });
      return reply.code(204).send(null);
    },
  );

  async function hasTag(repositoryId: string, tag: string): Promise<boolean> {
    const row = await parts.database.db
      .selectFrom('tags')
      .select('name')
      .where('repository_id', '=', repositoryId)
      .where('name', '=', tag)
      .executeTakeFirst();
    return row !== undefined;
  }
}

/** Makes the function that shows a comment to the sender of a request. */
function shownTo(request: FastifyRequest): (comment: StoredComment) => z.output<typeof commentSchema> {
  const own = senderOf(request).account?.id;
  return (row) => ({
    id: row.number,
    tag: row.tag === '' ? null : row.tag,
    author: row.author,
    text: row.source,
    html: row.html,
    createdAt: shownTime(row.created_at),
    editedAt: shownTimeOrNull(row.edited_at),
    own: row.account_id === own,
  });
}
