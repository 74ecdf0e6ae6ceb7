import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { tokenLimitsOf } from '../../access/accounts/access-tokens.js';
import { invalid } from '../../access/accounts/accounts.js';
import { Problem } from '../../problem.js';
import { accessToken, issuedAccessToken, newAccessToken } from '../../schemas/access.js';
import { idInPath, nameInPath, shownTime, shownTimeOrNull } from '../../schemas/fields.js';
import type { ServiceParts } from '../../service-parts.js';
import type { AccessTokenRow, AccountRow } from '../../store/tables.js';
import { actorOf, requireAccount, senderOf } from '../admit.js';
import type { ServiceApp } from '../bare-app.js';
import { findRobot } from './robots.js';

/** Adds the routes of access tokens: one's own, and those of robots. */
export function addAccessTokenRoutes(app: ServiceApp, parts: ServiceParts): void {
  const { tokens, audit } = parts;
  const list = z.object({ items: z.array(accessToken) });
  const schema = { body: newAccessToken, response: { 201: issuedAccessToken } };
  const nameAndId = nameInPath.extend(idInPath.shape);

  const create = async (request: FastifyRequest, account: AccountRow, body: z.output<typeof newAccessToken>) => {
    // A token would outlive the narrowing, or the end, of the one that made it.
    if (senderOf(request).means.kind === 'access-token') {
      throw new Problem('forbidden', 'an access token makes no access tokens: log in with a password');
    }
    if (body.expiresAt !== undefined && body.expiresAt !== null && body.expiresAt <= Date.now()) {
      throw invalid('/expiresAt', 'must not be over');
    }
    const { row, secret } = await tokens.create(account.id, body);
    const detail = { label: row.label, repositories: body.repositories ?? null, api: row.api };
    await audit.record(actorOf(request), { verb: 'token.create', object: account.name, detail });
    return { ...shownToken(row), secret };
  };
  const revoke = async (request: FastifyRequest, account: AccountRow, id: string) => {
    const { label } = await tokens.revoke(id, account.id);
    await audit.record(actorOf(request), { verb: 'token.revoke', object: account.name, detail: { label } });
  };

  app.get(
    '/api/v1/tokens',
    { schema: { summary: 'Lists the access tokens of the account', response: { 200: list } } },
    async (request) => ({
      items: (await tokens.list(requireAccount(request).id)).map(shownToken),
    }),
  );
  app.post(
    '/api/v1/tokens',
    { schema: { summary: 'Makes an access token, and shows it once', ...schema } },
    async (request, reply) => reply.code(201).send(await create(request, requireAccount(request), request.body)),
  );
  app.delete(
    '/api/v1/tokens/:id',
    { schema: { summary: 'Deletes an access token', params: idInPath, response: { 204: z.null() } } },
    async (request, reply) => {
      await revoke(request, requireAccount(request), request.params.id);
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/api/v1/robots/:name/tokens',
    { schema: { summary: 'Lists the access tokens of a robot', params: nameInPath, response: { 200: list } } },
    async (request) => ({
      items: (await tokens.list((await findRobot(parts, request, request.params.name)).id)).map(shownToken),
    }),
  );
  app.post(
    '/api/v1/robots/:name/tokens',
    { schema: { summary: 'Makes an access token of a robot, and shows it once', ...schema, params: nameInPath } },
    async (request, reply) =>
      reply.code(201).send(await create(request, await findRobot(parts, request, request.params.name), request.body)),
  );
  app.delete(
    '/api/v1/robots/:name/tokens/:id',
    { schema: { summary: 'Deletes an access token of a robot', params: nameAndId, response: { 204: z.null() } } },
    async (request, reply) => {
      await revoke(request, await findRobot(parts, request, request.params.name), request.params.id);
      return reply.code(204).send(null);
    },
  );
}

function shownToken(row: AccessTokenRow): z.output<typeof accessToken> {
  return {
    id: row.id,
    label: row.label,
    repositories: tokenLimitsOf(row)?.map(({ path, actions }) => ({ path, actions: [...actions] })) ?? null,
    api: row.api,
    createdAt: shownTime(row.created_at),
    expiresAt: shownTimeOrNull(row.expires_at),
    lastUsedAt: shownTimeOrNull(row.last_used_at),
    lastUsedFrom: row.last_used_from,
  };
}
