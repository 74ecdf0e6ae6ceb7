import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Problem } from '../../problem.js';
import { login, session, userSchema } from '../../schemas/access.js';
import { idInPath, shownTime, shownTimeOrNull } from '../../schemas/fields.js';
import type { ServiceParts } from '../../service-parts.js';
import {
  actorOf,
  outcomeOf,
  refusedLogin,
  requireAccount,
  senderOf,
  sessionCookie,
  unauthenticated,
} from '../admit.js';
import type { ServiceApp } from '../bare-app.js';
import { setSessionCookie } from '../sign-in/session-cookie.js';
import { shownUser } from './users.js';

/** Adds the routes by which pages log in and out, and those of sessions and of what docker keeps. */
export function addSessionRoutes(app: ServiceApp, parts: ServiceParts): void {
  const { authenticator, sessions, logins, audit } = parts;
  const credentials = z.strictObject({ name: z.string().min(1).max(64), password: z.string().min(1).max(2000) });

  app.post(
    '/api/v1/session',
    {
      config: { needs: 'anybody' },
      schema: { summary: 'Logs in by a cookie', body: credentials, response: { 201: userSchema } },
    },
    async (request, reply) => {
      refuseOtherPages(parts, request);
      const { name, password } = request.body;
      const proof = await authenticator.byPassword(name, password, request.ip);
      if (proof.principal === undefined) {
        if (!proof.isRepeated) {
          const reason = proof.refusal;
          await audit.record(actorOf(request, name), {
            verb: 'login',
            object: 'page',
            outcome: outcomeOf(proof),
            reason,
          });
        }
        parts.metrics.refusedLogins.inc({ at: 'session' });
        throw refusedLogin(proof);
      }
      const { account, limits } = proof.principal;
      if (account === undefined) throw unauthenticated('the name or the password is wrong');
      if (limits !== undefined)
        throw new Problem('forbidden', 'a narrowed access token opens no session: log in with the password');
      const cookie = await sessions.begin(account.id, request.ip, request.headers['user-agent'] ?? '');
      await audit.record(actorOf(request, name), { verb: 'login', object: 'page' });
      setSessionCookie(reply, cookie);
      return reply.code(201).send(shownUser(account));
    },
  );

  app.get(
    '/api/v1/session',
    { schema: { summary: 'Shows the account of the request', response: { 200: userSchema } } },
    async (request) => shownUser(requireAccount(request)),
  );

  app.delete(
    '/api/v1/session',
    { schema: { summary: 'Logs out', response: { 204: z.null() } } },
    async (request, reply) => {
      const { account, means } = senderOf(request);
      if (account !== undefined && means.kind === 'session') await sessions.end(means.id, account.id);
      reply.clearCookie(sessionCookie, { path: '/', secure: true });
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/api/v1/sessions',
    {
      schema: {
        summary: 'Lists the sessions of the account',
        response: { 200: z.object({ items: z.array(session) }) },
      },
    },
    async (request) => {
      const { means } = senderOf(request);
      const rows = await sessions.list(requireAccount(request).id);
      return {
        items: rows.map((row) => ({
          id: row.id,
          address: row.address,
          userAgent: row.user_agent,
          createdAt: shownTime(row.created_at),
          usedAt: shownTime(row.used_at),
          current: means.kind === 'session' && means.id === row.id,
        })),
      };
    },
  );
  app.delete(
    '/api/v1/sessions/:id',
    { schema: { summary: 'Ends a session', params: idInPath, response: { 204: z.null() } } },
    async (request, reply) => {
      await sessions.end(request.params.id, requireAccount(request).id);
      await audit.record(actorOf(request), { verb: 'session.end', object: requireAccount(request).name });
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/api/v1/logins',
    {
      schema: {
        summary: 'Lists the logins of docker and podman that are kept',
        response: { 200: z.object({ items: z.array(login) }) },
      },
    },
    async (request) => ({
      items: (await logins.list(requireAccount(request).id)).map((row) => ({
        id: row.id,
        registry: row.service,
        client: row.client,
        address: row.address,
        createdAt: shownTime(row.created_at),
        lastUsedAt: shownTimeOrNull(row.last_used_at),
      })),
    }),
  );
  app.delete(
    '/api/v1/logins/:id',
    { schema: { summary: 'Ends a login that is kept', params: idInPath, response: { 204: z.null() } } },
    async (request, reply) => {
      await logins.end(request.params.id, requireAccount(request).id);
      await audit.record(actorOf(request), { verb: 'login.end', object: requireAccount(request).name });
      return reply.code(204).send(null);
    },
  );
}

/** Refuses a login that another site's page sends: it would log its visitor in as somebody else. */
function refuseOtherPages({ settings }: ServiceParts, { headers }: FastifyRequest): void {
  const site = headers['sec-fetch-site'];
  if ((site === undefined || site === 'same-origin') && (headers.origin ?? settings.url()) === settings.url()) return;
  throw new Problem('forbidden', "a session begins on the service's own page alone");
}
