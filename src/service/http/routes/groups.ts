import { z } from 'zod';
import { groupChanges, groupSchema, newGroup } from '../../schemas/access.js';
import { listPage, nameInPath, pageQuery, shownTime } from '../../schemas/fields.js';
import type { ServiceParts } from '../../service-parts.js';
import type { GroupRow } from '../../store/tables.js';
import { actorOf } from '../admit.js';
import type { ServiceApp } from '../bare-app.js';
import { entityTag, matchedVersion } from '../entity-tag.js';
import { page } from '../page.js';

/** Adds the routes of groups, for administrators. */
export function addGroupRoutes(app: ServiceApp, { groups, accounts, audit, rights }: ServiceParts): void {
  const config = { needs: 'administrator' } as const;

  app.get(
    '/api/v1/groups',
    { config, schema: { summary: 'Lists groups', querystring: pageQuery, response: { 200: listPage(groupSchema) } } },
    async (request, reply) => {
      const { limit, after } = request.query;
      return page(request, reply, await groups.list(limit + 1, after), limit, shownGroup, ({ name }) => name);
    },
  );

  app.post(
    '/api/v1/groups',
    { config, schema: { summary: 'Makes a group', body: newGroup, response: { 201: groupSchema } } },
    async (request, reply) => {
      const row = await groups.create(request.body.name, request.body.description);
      await audit.record(actorOf(request), { verb: 'group.create', object: row.name });
      return reply
        .code(201)
        .header('Location', `/api/v1/groups/${row.name}`)
        .header('ETag', entityTag(row.version))
        .send(shownGroup(row));
    },
  );

  app.get(
    '/api/v1/groups/:name',
    {
      config,
      schema: { summary: 'Shows a group and its members', params: nameInPath, response: { 200: groupSchema } },
    },
    async (request, reply) => {
      const row = await groups.get(request.params.name);
      const members = await groups.members(row.name);
      return reply.header('ETag', entityTag(row.version)).send({ ...shownGroup(row), members });
    },
  );

  app.patch(
    '/api/v1/groups/:name',
    {
      config,
      schema: { summary: 'Changes a group', params: nameInPath, body: groupChanges, response: { 200: groupSchema } },
    },
    async (request, reply) => {
      const { name } = request.params;
      const row = await groups.change(name, request.body.description, matchedVersion(request.headers['if-match']));
      await audit.record(actorOf(request), { verb: 'group.change', object: name });
      return reply.header('ETag', entityTag(row.version)).send(shownGroup(row));
    },
  );

  app.delete(
    '/api/v1/groups/:name',
    { config, schema: { summary: 'Deletes a group', params: nameInPath, response: { 204: z.null() } } },
    async (request, reply) => {
      const { name } = request.params;
      await groups.delete(name);
      rights.forget();
      await audit.record(actorOf(request), { verb: 'group.delete', object: name });
      return reply.code(204).send(null);
    },
  );

  const member = z.strictObject({ name: z.string().min(1).max(64), account: z.string().min(1).max(64) });
  const schema = { params: member, response: { 204: z.null() } };
  app.put(
    '/api/v1/groups/:name/members/:account',
    { config, schema: { summary: 'Adds a member to a group', ...schema } },
    async (request, reply) => {
      const { name, account } = request.params;
      await groups.addMember(name, (await accounts.get(account)).id);
      rights.forget();
      await audit.record(actorOf(request), { verb: 'group.add-member', object: name, detail: { account } });
      return reply.code(204).send(null);
    },
  );
  app.delete(
    '/api/v1/groups/:name/members/:account',
    { config, schema: { summary: 'Takes a member out of a group', ...schema } },
    async (request, reply) => {
      const { name, account } = request.params;
      await groups.removeMember(name, (await accounts.get(account)).id);
      rights.forget();
      await audit.record(actorOf(request), { verb: 'group.remove-member', object: name, detail: { account } });
      return reply.code(204).send(null);
    },
  );
}

function shownGroup({ name, description, source, created_at: created }: GroupRow): z.output<typeof groupSchema> {
  return { name, description, source, createdAt: shownTime(created) };
}
