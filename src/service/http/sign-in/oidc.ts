import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { localPath } from '../../access/directories/oidc/local-path.js';
import { type OidcProvider, OidcRefusal } from '../../access/directories/oidc/oidc-provider.js';
import { longestLogin, openPendingLogin, sealPendingLogin } from '../../access/directories/oidc/pending-login.js';
import { ProviderUnavailable } from '../../access/directories/oidc/provider-fetch.js';
import { notFound, Problem } from '../../problem.js';
import type { ServiceParts } from '../../service-parts.js';
import { actorOf, requireAccount, senderOf, sessionCookie } from '../admit.js';
import type { ServiceApp } from '../bare-app.js';
import { refuseInPage } from './refusal-page.js';
import { setSessionCookie } from './session-cookie.js';

/** Path at which a login by OpenID Connect begins, and that to which the provider sends the browser back. */
export const oidcLoginPath = '/api/v1/oidc/login';
const callbackPath = '/api/v1/oidc/callback';

/** Cookie of a login that is under way. It comes back with the provider's redirect, which another site makes: hence Lax. */
const pendingCookie = '__Host-provision-oidc';
const cookieOptions = { path: '/', httpOnly: true, secure: true, sameSite: 'lax' } as const;

/** Adds the routes of logins by OpenID Connect. Browsers go there; programs use access tokens. */
export function addOidcRoutes(app: ServiceApp, parts: ServiceParts): void {
  const { sessions, audit, settings } = parts;
  const anybody = { needs: 'anybody' } as const;
  const redirectUri = () => `${settings.url()}${callbackPath}`;

  const methods = z.object({
    password: z.boolean(),
    oidc: z.object({ title: z.string(), path: z.string() }).nullable(),
    setup: z.boolean().describe('The first account is yet to be made, by the token that the service printed'),
  });
  app.get(
    '/api/v1/login-methods',
    { config: anybody, schema: { summary: 'Lists the ways to log in', response: { 200: methods } } },
    async () => {
      const title = parts.oidc?.provider.options.title;
      const oidc = title === undefined ? null : { title, path: oidcLoginPath };
      return { password: true, oidc, setup: parts.setup.value !== undefined };
    },
  );

  const login = z.strictObject({
    next: z.string().max(2000).optional().describe('Path of the service to which the login leads'),
  });
  app.get(
    oidcLoginPath,
    { config: anybody, schema: { summary: 'Begins a login at the OpenID provider', querystring: login } },
    async (request, reply) => {
      const { provider, sealing } = requireOidc(parts);
      try {
        const { url, pending } = await provider.begin(redirectUri(), localPath(request.query.next));
        reply.setCookie(pendingCookie, sealPendingLogin(sealing, pending), { ...cookieOptions, maxAge: longestLogin });
        return reply.header('Referrer-Policy', 'no-referrer').redirect(url, 303);
      } catch (error) {
        return await refuse(parts, request, reply, error);
      }
    },
  );

  app.get(
    callbackPath,
    { config: anybody, schema: { summary: 'Ends a login at the OpenID provider' } },
    async (request, reply) => {
      const { provider, sealing } = requireOidc(parts);
      const pending = openPendingLogin(sealing, request.cookies[pendingCookie] ?? '');
      reply.clearCookie(pendingCookie, cookieOptions).header('Referrer-Policy', 'no-referrer');
      try {
        if (pending === undefined) {
          throw new Problem(
            'invalid-request',
            'this login began in another browser, or more than ten minutes ago, or another was begun since',
          );
        }
        const callback = new URL(request.url, 'http://service.invalid').searchParams;
        const user = await provider.finish(callback, pending, redirectUri());
        const account = await parts.directories.adoptForeign(user);
        if (typeof account === 'string') throw new OidcRefusal(account, `${user.id}: ${account}`);
        await parts.accounts.recordLogin(account.id);
        const proof = await parts.authenticator.byAccount(account);
        if (proof.principal === undefined) throw new OidcRefusal(proof.refusal, `${account.name}: ${proof.refusal}`);
        const cookie = await sessions.begin(account.id, request.ip, request.headers['user-agent'] ?? '');
        const detail = { directory: 'oidc' };
        await audit.record(actorOf(request, account.name), { verb: 'login', object: 'page', detail });
        setSessionCookie(reply, cookie);
        return reply.redirect(pending.next, 303);
      } catch (error) {
        return await refuse(parts, request, reply, error);
      }
    },
  );

  const ended = z.object({ url: z.string().nullable().describe('Address at which the provider ends its own session') });
  app.post(
    '/api/v1/oidc/logout',
    { schema: { summary: 'Takes the logout of a user from the OpenID provider', response: { 200: ended } } },
    async (request, reply) => {
      const account = requireAccount(request);
      const { means } = senderOf(request);
      if (means.kind === 'session') await sessions.end(means.id, account.id);
      reply.clearCookie(sessionCookie, { path: '/', secure: true });
      await audit.record(actorOf(request), { verb: 'session.end', object: account.name });
      return {
        url: account.source === 'oidc' && parts.oidc !== undefined ? await logoutUrl(parts.oidc.provider, parts) : null,
      };
    },
  );
}

function requireOidc({ oidc }: ServiceParts): NonNullable<ServiceParts['oidc']> {
  if (oidc === undefined) throw notFound('provider of OpenID Connect');
  return oidc;
}

/** Returns the provider's address of a logout. The service's own session has ended, whether or not the provider answers. */
async function logoutUrl(provider: OidcProvider, { settings, complain }: ServiceParts): Promise<string | null> {
  try {
    return (await provider.logoutUrl(`${settings.url()}/`)) ?? null;
  } catch (error) {
    if (!(error instanceof ProviderUnavailable)) throw error;
    complain(`oidc: ${error.message}`);
    return null;
  }
}

/** Answers a login that failed, and writes it down. The provider's own words are for the log and the audit alone. */
async function refuse(
  { audit, complain }: ServiceParts,
  request: FastifyRequest,
  reply: FastifyReply,
  error: unknown,
): Promise<FastifyReply> {
  const event = { verb: 'login', object: 'page', detail: { directory: 'oidc' } } as const;
  if (error instanceof ProviderUnavailable) {
    complain(`oidc: ${error.message}`);
    await audit.record(actorOf(request), { ...event, outcome: 'failed', reason: error.message });
    const problem = new Problem('unavailable', 'the provider of accounts does not answer: try again later', {
      headers: { 'Retry-After': '10' },
    });
    return refuseInPage(request, reply, problem, oidcLoginPath);
  }
  if (error instanceof OidcRefusal) {
    if (error.cause !== undefined) complain(`oidc: ${error.reason}`);
    await audit.record(actorOf(request), { ...event, outcome: 'refused', reason: error.reason });
    return refuseInPage(request, reply, new Problem('forbidden', error.message), oidcLoginPath);
  }
  if (error instanceof Problem) return refuseInPage(request, reply, error, oidcLoginPath);
  throw error;
}
