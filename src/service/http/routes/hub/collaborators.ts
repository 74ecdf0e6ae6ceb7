import { z } from 'zod';
import { visibilityOf } from '../../../access/rights/decide.js';
import { type Collaborator, listCollaborators, openActions } from '../../../hub/collaborators.js';
import { notFound } from '../../../problem.js';
import { pageQuery } from '../../../schemas/fields.js';
import {
  accountInPath,
  collaboratorPage,
  type collaboratorSchema,
  newCollaborator,
  newOpenness,
  openness,
} from '../../../schemas/hub.js';
import { repositoryInPath } from '../../../schemas/images.js';
import type { ServiceParts } from '../../../service-parts.js';
import { actorOf, requireAccount } from '../../admit.js';
import type { ServiceApp } from '../../bare-app.js';
import { page } from '../../page.js';
import { ownedRepository, type RepositoryInPath } from '../../visible-repository.js';

/** Adds the routes by which owners say who may do what with one repository, and see through what. */
export function addCollaboratorRoutes(app: ServiceApp, parts: ServiceParts): void {
  const { rights, accounts, audit, database } = parts;
  const base = '/api/v1/registries/:registry/repositories/:repository';

  app.get(
    `${base}/collaborators`,
    {
      schema: {
        summary: 'Lists who may do what with a repository, and through what',
        params: repositoryInPath,
        querystring: pageQuery,
        response: { 200: collaboratorPage },
      },
    },
    async (request, reply) => {
      const { limit, after } = request.query;
      await ownedRepository(parts, request, request.params);
      const rows = await listCollaborators(database, rights, request.params, { limit: limit + 1, after });
      const items = page(request, reply, rows, limit, shownCollaborator, ({ account }) => account);
      return { ...items, open: await openOf(request.params) };
    },
  );

  app.put(
    `${base}/collaborators/:account`,
    {
      schema: {
        summary: 'Gives an account a role on exactly a repository, in place of the one that it has there',
        params: accountInPath,
        body: newCollaborator,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { registry, repository, account } = request.params;
      const { role } = request.body;
      await ownedRepository(parts, request, request.params);
      const { id } = await accounts.get(account);
      await rights.replaceRole(id, { registry, path: repository }, role, requireAccount(request).name);
      const detail = { registry, account, role };
      await audit.record(actorOf(request), { verb: 'collaborator.set', object: repository, detail });
      return reply.code(204).send(null);
    },
  );

  app.delete(
    `${base}/collaborators/:account`,
    {
      schema: {
        summary: 'Takes the role of an account on exactly a repository back',
        params: accountInPath,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { registry, repository, account } = request.params;
      await ownedRepository(parts, request, request.params);
      const { id } = await accounts.get(account);
      const had = await rights.replaceRole(id, { registry, path: repository }, undefined, '');
      if (!had) throw notFound(`role of ${account} on exactly ${repository} in ${registry}`);
      const detail = { registry, account };
      await audit.record(actorOf(request), { verb: 'collaborator.delete', object: repository, detail });
      return reply.code(204).send(null);
    },
  );

  app.get(
    `${base}/visibility`,
    {
      schema: {
        summary: 'Shows who sees a repository without a role',
        params: repositoryInPath,
        response: { 200: openness },
      },
    },
    async (request) => {
      await ownedRepository(parts, request, request.params);
      return await openOf(request.params);
    },
  );

  app.put(
    `${base}/visibility`,
    {
      schema: {
        summary: 'Sets who sees a repository without a role',
        params: repositoryInPath,
        body: newOpenness,
        response: { 200: openness },
      },
    },
    async (request) => {
      const { registry, repository } = request.params;
      const { visibility } = request.body;
      await ownedRepository(parts, request, request.params);
      await rights.setVisibility(registry, repository, visibility ?? undefined);
      const detail = { registry, visibility };
      await audit.record(actorOf(request), { verb: 'visibility.set', object: repository, detail });
      return await openOf(request.params);
    },
  );

  async function openOf(place: RepositoryInPath): Promise<z.output<typeof openness>> {
    const visibilities = await rights.visibilities();
    const { visibility, path } = visibilityOf(place, visibilities);
    return { visibility, path, ...openActions(place, visibilities) };
  }
}

function shownCollaborator({ actions, through, ...rest }: Collaborator): z.output<typeof collaboratorSchema> {
  return {
    ...rest,
    actions: [...actions],
    through: through.map(({ denied, isOwn: own, ...grant }) => ({
      ...grant,
      own,
      denied: denied === null ? null : [...denied],
    })),
  };
}
