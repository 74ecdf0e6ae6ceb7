import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { isAdministrator } from '../../access/principal.js';
import { mayManagePath } from '../../access/rights/manage.js';
import { notFound, Problem } from '../../problem.js';
import { newRobot, robot, robotChanges } from '../../schemas/access.js';
import { listPage, nameInPath, pageQuery, shownTime, shownTimeOrNull } from '../../schemas/fields.js';
import type { ServiceParts } from '../../service-parts.js';
import type { AccountRow } from '../../store/tables.js';
import { actorOf, senderOf } from '../admit.js';
import type { ServiceApp } from '../bare-app.js';
import { entityTag, matchedVersion } from '../entity-tag.js';
import { page } from '../page.js';
import { rightsOf } from '../rights-of.js';

/** Adds the routes of robots: accounts without a password. Owners of `team/` have robots named `team+…`. */
export function addRobotRoutes(app: ServiceApp, parts: ServiceParts): void {
  const { accounts, audit } = parts;

  app.get(
    '/api/v1/robots',
    { schema: { summary: 'Lists robots', querystring: pageQuery, response: { 200: listPage(robot) } } },
    async (request, reply) => {
      const { limit, after } = request.query;
      const rights = await rightsOf(parts, request);
      const seen = (name: string) =>
        isAdministrator(senderOf(request)) || mayManagePath(rights, '', namespaceOf(name) ?? '');
      const rows: AccountRow[] = [];
      let last = after;
      for (;;) {
        const some = await accounts.list('robot', 200, last);
        rows.push(...some.filter(({ name }) => seen(name)));
        last = some.at(-1)?.name;
        if (some.length < 200 || rows.length > limit) break;
      }
      return page(request, reply, rows.slice(0, limit + 1), limit, shownRobot, ({ name }) => name);
    },
  );

  app.post(
    '/api/v1/robots',
    { schema: { summary: 'Makes a robot: an account of a machine', body: newRobot, response: { 201: robot } } },
    async (request, reply) => {
      const { name, description, expiresAt } = request.body;
      await requireRobotOwner(parts, request, name, 'create');
      const row = await accounts.create({ name, kind: 'robot', fullName: description, expiresAt });
      await audit.record(actorOf(request), { verb: 'robot.create', object: name });
      return reply
        .code(201)
        .header('Location', `/api/v1/robots/${encodeURIComponent(name)}`)
        .header('ETag', entityTag(row.version))
        .send(shownRobot(row));
    },
  );

  app.get(
    '/api/v1/robots/:name',
    { schema: { summary: 'Shows a robot', params: nameInPath, response: { 200: robot } } },
    async (request, reply) => {
      const row = await findRobot(parts, request, request.params.name);
      return reply.header('ETag', entityTag(row.version)).send(shownRobot(row));
    },
  );

  app.patch(
    '/api/v1/robots/:name',
    { schema: { summary: 'Changes a robot', params: nameInPath, body: robotChanges, response: { 200: robot } } },
    async (request, reply) => {
      const { name } = await findRobot(parts, request, request.params.name);
      const { description, disabled, expiresAt } = request.body;
      const changes = { fullName: description, isDisabled: disabled, expiresAt };
      const row = await accounts.change(name, changes, matchedVersion(request.headers['if-match']));
      await audit.record(actorOf(request), {
        verb: 'robot.change',
        object: name,
        detail: { changed: Object.keys(request.body) },
      });
      return reply.header('ETag', entityTag(row.version)).send(shownRobot(row));
    },
  );

  app.delete(
    '/api/v1/robots/:name',
    {
      schema: {
        summary: 'Deletes a robot, with its tokens and rights',
        params: nameInPath,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { name } = await findRobot(parts, request, request.params.name);
      await accounts.delete(name, matchedVersion(request.headers['if-match']));
      parts.rights.forget();
      await audit.record(actorOf(request), { verb: 'robot.delete', object: name });
      return reply.code(204).send(null);
    },
  );
}

/** Returns a robot that the sender may change. @throws Problem: there is none, for whoever may not see it */
export async function findRobot(parts: ServiceParts, request: FastifyRequest, name: string): Promise<AccountRow> {
  await requireRobotOwner(parts, request, name, 'see');
  return await parts.accounts.get(name, 'robot');
}

async function requireRobotOwner(
  parts: ServiceParts,
  request: FastifyRequest,
  name: string,
  what: 'create' | 'see',
): Promise<void> {
  if (isAdministrator(senderOf(request))) return;
  const namespace = namespaceOf(name);
  if (namespace !== undefined && mayManagePath(await rightsOf(parts, request), '', namespace)) return;
  if (what === 'see') throw notFound(`robot ${name}`);
  throw new Problem(
    'forbidden',
    'robots of a namespace are made by its owners (team+ci by those of team/), others by administrators',
  );
}

/** Returns the path whose owners a robot belongs to; undefined: to the administrators alone. */
function namespaceOf(name: string): string | undefined {
  const plus = name.indexOf('+');
  return plus === -1 ? undefined : `${name.slice(0, plus)}/`;
}

function shownRobot(row: AccountRow): z.output<typeof robot> {
  return {
    name: row.name,
    description: row.full_name,
    disabled: row.is_disabled === 1,
    createdAt: shownTime(row.created_at),
    expiresAt: shownTimeOrNull(row.expires_at),
  };
}
