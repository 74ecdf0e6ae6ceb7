import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { AuditActor } from '../access/audit.js';
import type { LoginRefusal } from '../access/authenticator.js';
import { isAdministrator, nobody, type Principal } from '../access/principal.js';
import { secondsToWait } from '../access/request-limits.js';
import { Problem } from '../problem.js';
import type { ServiceParts } from '../service-parts.js';
import { readBasic } from './read-basic.js';

/** Condition of a route. `anybody`: also without an account. Default: an account. */
export type Needs = 'anybody' | 'account' | 'administrator';

declare module 'fastify' {
  interface FastifyContextConfig {
    needs?: Needs;
    /** The route looks at credentials itself: no cookie, header or limit of the API counts. */
    own?: boolean;
    /** Token that opens the route beside accounts (`Authorization: Bearer`). */
    bearer?: string;
    /** It changes nothing, though its method says so. */
    reads?: boolean;
    /** It is for readers: no route of the API. */
    isPage?: boolean;
  }
  interface FastifyRequest {
    principal?: Principal;
  }
}

/** Name of the session's cookie: with this prefix browsers keep it to this host, and to TLS. */
export const sessionCookie = '__Host-provision';
/** Header that pages send with what changes something: forms of other sites can't. */
export const pageHeader = 'x-provision';

/** Finds out whose a request is, and refuses it where they may not. @throws Problem */
export async function admit(parts: ServiceParts, request: FastifyRequest): Promise<void> {
  const { needs = 'account', own = false, reads = false, bearer } = request.routeOptions.config;
  if (request.is404) return limit(parts, request, undefined);
  if (own) return limit(parts, request, undefined);
  if (bearer !== undefined && shows(request, bearer)) return limit(parts, request, undefined);
  const principal = await principalOf(parts, request);
  request.principal = principal;
  limit(parts, request, principal.account?.name);
  const changes = !reads && request.method !== 'GET' && request.method !== 'HEAD';
  if (needs !== 'anybody' && principal.account === undefined) throw unauthenticated('log in first');
  if (principal.means.kind === 'session' && changes) refuseForeignPage(parts, request);
  if (principal.account !== undefined) refuseNarrow(principal, changes);
  if (needs === 'administrator' && !isAdministrator(principal)) {
    throw new Problem('forbidden', 'this takes an administrator');
  }
}

/** Returns the sender of an admitted request. */
export function senderOf({ principal }: FastifyRequest): Principal {
  return principal ?? nobody;
}

/** Returns the account of an admitted request. @throws Problem where it has none */
export function requireAccount(request: FastifyRequest) {
  const { account } = senderOf(request);
  if (account === undefined) throw unauthenticated('log in first');
  return account;
}

/** Returns the sender as the audit names it. */
export function actorOf(request: FastifyRequest, name?: string): AuditActor {
  const { account, means } = senderOf(request);
  return {
    actor: name ?? account?.name ?? '',
    kind: account?.kind ?? 'nobody',
    means: 'id' in means ? `${means.kind} ${means.id.slice(0, 36)}` : means.kind,
    address: request.ip,
    userAgent: request.headers['user-agent'] ?? '',
    requestId: request.id,
  };
}

/** Makes the refusal of a login. */
export function refusedLogin({ refusal, retryAfter, isUnknown }: LoginRefusal): Problem {
  if (isUnknown !== true) return unauthenticated(refusal, retryAfter);
  return new Problem('unavailable', refusal, { headers: { 'Retry-After': String(retryAfter ?? 10) } });
}

/** Returns what the audit has of a login that was refused. */
export function outcomeOf({ isUnknown }: { readonly isUnknown?: true }): 'refused' | 'failed' {
  return isUnknown === true ? 'failed' : 'refused';
}

/** Makes the refusal of a request that shows no account, or a wrong one. */
export function unauthenticated(why: string, retryAfter?: number): Problem {
  const headers = retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) };
  return new Problem('unauthenticated', why, {
    headers: { 'WWW-Authenticate': 'Basic realm="provision"', ...headers },
  });
}

/**
 * Returns the sender that a header shows, by a password or an access token.
 * @param object name of what is used, for the audit
 * @throws Problem
 */
export async function principalOfHeader(
  parts: ServiceParts,
  request: FastifyRequest,
  authorization: string,
  object: string,
): Promise<Principal> {
  const { authenticator } = parts;
  const basic = readBasic(authorization);
  const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  if (basic === undefined && token === undefined) throw unauthenticated('the Authorization header cannot be read');
  const proof =
    basic !== undefined
      ? await authenticator.byPassword(basic.name, basic.password, request.ip)
      : await authenticator.byAccessToken(token ?? '', request.ip);
  if (proof.principal !== undefined) return proof.principal;
  parts.metrics.refusedLogins.inc({ at: 'api' });
  if (!proof.isRepeated) {
    const event = { verb: 'login', object, outcome: outcomeOf(proof), reason: proof.refusal } as const;
    await parts.audit.record(actorOf(request, basic?.name ?? ''), event);
  }
  throw refusedLogin(proof);
}

async function principalOf(parts: ServiceParts, request: FastifyRequest): Promise<Principal> {
  const { authorization } = request.headers;
  if (authorization !== undefined) return await principalOfHeader(parts, request, authorization, 'api');
  const cookie = request.cookies[sessionCookie];
  return (cookie === undefined ? undefined : await parts.authenticator.bySession(cookie)) ?? nobody;
}

/** Refuses a change that another site's page may have sent with the cookie of a session. */
function refuseForeignPage({ settings }: ServiceParts, { headers }: FastifyRequest): void {
  const site = headers['sec-fetch-site'];
  const isOwn = site === undefined ? headers.origin === settings.url() : site === 'same-origin';
  if (isOwn && headers[pageHeader] !== undefined) return;
  throw new Problem(
    'forbidden',
    `a session changes something from the service's own page alone, with the header ${pageHeader}`,
  );
}

function refuseNarrow({ means, api }: Principal, changes: boolean): void {
  if (means.kind !== 'access-token') return;
  if (api === 'none') throw new Problem('forbidden', 'this access token is for registries, not for the API');
  if (api === 'read' && changes)
    throw new Problem('forbidden', 'this access token may read the API, and change nothing');
}

/** Returns true for a request that shows a token, in the same time for whatever it shows. */
function shows({ headers }: FastifyRequest, token: string): boolean {
  const given = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
  const [one, other] = [given, token].map((text) => createHash('sha256').update(text).digest());
  return one !== undefined && other !== undefined && timingSafeEqual(one, other);
}

function limit(parts: ServiceParts, request: FastifyRequest, account: string | undefined): void {
  const wait = secondsToWait(parts.settings, account, request.ip);
  if (wait === undefined) return;
  throw new Problem('too-many-requests', `too many requests: try again in ${wait} s`, {
    headers: { 'Retry-After': wait },
  });
}
