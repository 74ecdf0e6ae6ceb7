import { z } from 'zod';
import { setDescription } from '../../../hub/descriptions.js';
import { withHtml } from '../../../hub/markdown/render-markdown.js';
import { notFound, Problem } from '../../../problem.js';
import { shownTime } from '../../../schemas/fields.js';
import { newDescription, newReadme, readmeSchema } from '../../../schemas/hub.js';
import { repositoryInPath } from '../../../schemas/images.js';
import type { ServiceParts } from '../../../service-parts.js';
import type { ReadmeRow } from '../../../store/tables.js';
import { actorOf, requireAccount } from '../../admit.js';
import type { ServiceApp } from '../../bare-app.js';
import { entityTag, matchedVersion } from '../../entity-tag.js';
import { maintainedRepository, requireVisible } from '../../visible-repository.js';

/** Adds the routes of what maintainers say of a repository: a line, and a page. */
export function addTextRoutes(app: ServiceApp, parts: ServiceParts): void {
  const { hub, audit, database } = parts;
  const base = '/api/v1/registries/:registry/repositories/:repository';

  app.put(
    `${base}/description`,
    {
      schema: {
        summary: 'Sets the description of a repository',
        params: repositoryInPath,
        body: newDescription,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { registry, repository } = request.params;
      const { row } = await maintainedRepository(parts, request, request.params);
      await setDescription(database, row.id, request.body.description.trim());
      await audit.record(actorOf(request), { verb: 'description.set', object: repository, detail: { registry } });
      return reply.code(204).send(null);
    },
  );

  app.get(
    `${base}/readme`,
    {
      config: { needs: 'anybody' },
      schema: {
        summary: 'Shows the README of a repository',
        params: repositoryInPath,
        response: { 200: readmeSchema },
      },
    },
    async (request, reply) => {
      const { row } = await requireVisible(parts, request, request.params);
      const found = await hub.readmes.find(row.id);
      if (found === undefined) throw notFound(`README of ${row.name}`);
      const [readme = found] = await withHtml([found]);
      return reply.header('ETag', entityTag(readme.version)).send(shownReadme(readme));
    },
  );

  app.put(
    `${base}/readme`,
    {
      schema: {
        summary: 'Writes the README of a repository',
        params: repositoryInPath,
        body: newReadme,
        response: { 200: readmeSchema },
      },
    },
    async (request, reply) => {
      const { registry, repository } = request.params;
      const { row } = await maintainedRepository(parts, request, request.params);
      const version = matchedVersion(request.headers['if-match']);
      const written = await hub.readmes.write(row.id, request.body.text, requireAccount(request), version);
      if (written === undefined) {
        throw new Problem('version-mismatch', `the README of ${repository} was changed meanwhile: read it again`);
      }
      const detail = { registry, bytes: Buffer.byteLength(written.source) };
      await audit.record(actorOf(request), { verb: 'readme.write', object: repository, detail });
      return reply.header('ETag', entityTag(written.version)).send(shownReadme(written));
    },
  );

  app.delete(
    `${base}/readme`,
    {
      schema: { summary: 'Deletes the README of a repository', params: repositoryInPath, response: { 204: z.null() } },
    },
    async (request, reply) => {
      const { registry, repository } = request.params;
      const { row } = await maintainedRepository(parts, request, request.params);
      await hub.readmes.remove(row.id);
      await audit.record(actorOf(request), { verb: 'readme.delete', object: repository, detail: { registry } });
      return reply.code(204).send(null);
    },
  );
}

function shownReadme(row: ReadmeRow): z.output<typeof readmeSchema> {
  return { text: row.source, html: row.html, writtenAt: shownTime(row.written_at), writtenBy: row.written_by };
}
