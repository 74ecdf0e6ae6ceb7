import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { LoginProof, LoginRefusal } from '../../access/authenticator.js';
import { nobody, type Principal } from '../../access/principal.js';
import type { ServiceParts } from '../../service-parts.js';
import { readScopes } from '../../tokens/scopes.js';
import { actorOf, outcomeOf, refusedLogin } from '../admit.js';
import type { ServiceApp } from '../bare-app.js';
import { readBasic } from '../read-basic.js';

/** Request for a token, however it was sent. */
interface TokenRequest {
  readonly service: string | undefined;
  readonly scopes: readonly string[];
  /** The client keeps a refresh token. */
  readonly isOffline: boolean;
  readonly client: string;
  readonly credentials: Credentials;
}

type Credentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'password'; readonly name: string; readonly password: string }
  | { readonly kind: 'login'; readonly token: string };

/** Parameters are read by hand: a client that sends more, or one of them twice, is served all the same. */
const parameter = (description: string) => z.unknown().optional().describe(description);
const common = {
  service: parameter('Name of the registry. Default: the only one'),
  scope: parameter('`repository:NAME:pull,push`, or several with spaces between'),
  client_id: parameter('Name of the client, for the list of logins'),
};
const tokenQuery = z.looseObject({
  ...common,
  account: parameter('The account of the password once more'),
  offline_token: parameter('`true`: a token for later logins as well'),
});
const tokenForm = z.looseObject({
  ...common,
  grant_type: parameter('`password` or `refresh_token`'),
  username: parameter('Account'),
  password: parameter('Its password or an access token'),
  refresh_token: parameter('Token of an earlier login'),
  access_type: parameter('`offline`: a token for later logins as well'),
});

/**
 * Adds the token server (distribution: "Token Authentication Specification", and its OAuth form). Its refusals have the form
 * that registries' clients print.
 */
export function addTokenRoute(app: ServiceApp, parts: ServiceParts): void {
  const config = { needs: 'anybody', own: true } as const;
  app.get(
    '/token',
    { config, schema: { summary: 'Gives a token of a registry', querystring: tokenQuery } },
    async (request, reply) => answerToken(parts, request, reply, byQuery(request, request.query)),
  );
  app.post(
    '/token',
    { config, schema: { summary: 'Gives a token of a registry, as OAuth 2 asks for it', body: tokenForm } },
    async (request, reply) => answerToken(parts, request, reply, byForm(request.body)),
  );
}

async function answerToken(
  parts: ServiceParts,
  request: FastifyRequest,
  reply: FastifyReply,
  asked: TokenRequest | string,
): Promise<unknown> {
  if (typeof asked === 'string') return refuse(reply, 400, asked);
  const { service, scopes: texts, credentials } = asked;
  const registry = service === undefined ? onlyOne(parts) : parts.registries.find(service);
  if (registry === undefined) return refuse(reply, 400, `there is no registry of the service "${shown(service)}" here`);
  const changes = parts.repeatedTokens?.changes() ?? 0;
  const proof = await prove(parts, request, credentials, registry.name);
  if (proof.principal === undefined) {
    parts.metrics.refusedLogins.inc({ at: 'token' });
    parts.metrics.tokens.inc({ result: 'refused' });
    if (!proof.isRepeated) await recordLogin(parts, request, asked, registry.name, proof);
    if (proof.isUnknown === true) throw refusedLogin(proof);
    if (proof.retryAfter !== undefined) reply.header('Retry-After', String(proof.retryAfter));
    return refuse(reply, 401, proof.refusal);
  }
  const { principal } = proof;
  const { scopes, dropped } = readScopes(texts);
  if (principal.account === undefined && texts.length === 0)
    return refuse(reply, 401, 'log in with a name and a password');
  const issued = await parts.issuer.issue(principal, registry, scopes);
  parts.metrics.tokens.inc({ result: 'issued' });
  if (texts.length === 0) await recordLogin(parts, request, asked, registry.name);
  const refresh =
    asked.isOffline && principal.account !== undefined
      ? await keepLogin(parts, request, asked, principal, registry.name)
      : undefined;
  const line =
    `token ${issued.id} for ${JSON.stringify(principal.account?.name ?? '')} of ${registry.name}, client ${JSON.stringify(shown(asked.client))}: ` +
    `${issued.access.map(({ type, name, actions }) => `${type}:${name}:${actions.join()}`).join(' ')}` +
    `${dropped.length === 0 ? '' : `, not understood: ${dropped.slice(0, 5).map(shown).join(' ')}`}`;
  parts.log?.(line);
  // Not issued_at: docker adds the lifetime to it on its own clock.
  const answer = {
    token: issued.token,
    access_token: issued.token,
    expires_in: issued.expiresIn,
    ...(refresh === undefined ? {} : { refresh_token: refresh }),
    ...(request.method === 'POST'
      ? { scope: issued.access.map(({ type, name, actions }) => `${type}:${name}:${actions.join()}`).join(' ') }
      : {}),
  };
  // Each use of an access token is looked at, and each login is told.
  const isKept = request.method === 'GET' && texts.length > 0 && !asked.isOffline;
  if (isKept && (principal.means.kind === 'password' || principal.means.kind === 'anonymous'))
    parts.repeatedTokens?.keep(request.raw, changes, { body: JSON.stringify(answer), line });
  return reply.send(answer);
}

async function prove(
  { authenticator }: ServiceParts,
  request: FastifyRequest,
  credentials: Credentials,
  registry: string,
): Promise<LoginProof> {
  switch (credentials.kind) {
    case 'none':
      return { principal: nobody };
    case 'login':
      return await authenticator.byLogin(credentials.token, registry);
    case 'password':
      return await authenticator.byPassword(credentials.name, credentials.password, request.ip);
  }
}

async function keepLogin(
  { logins }: ServiceParts,
  request: FastifyRequest,
  { credentials, client }: TokenRequest,
  { account, means }: Principal,
  service: string,
): Promise<string | undefined> {
  if (credentials.kind === 'login') return credentials.token;
  if (account === undefined) return undefined;
  return await logins.create({
    account_id: account.id,
    access_token_id: means.kind === 'access-token' ? means.id : null,
    service,
    client: shown(client === '' ? (request.headers['user-agent'] ?? '') : client),
    address: request.ip,
  });
}

async function recordLogin(
  { audit }: ServiceParts,
  request: FastifyRequest,
  { credentials, client }: TokenRequest,
  object: string,
  refused?: LoginRefusal,
): Promise<void> {
  const name = credentials.kind === 'password' ? credentials.name : '';
  const outcome = refused === undefined ? 'done' : outcomeOf(refused);
  const detail = { client: shown(client) };
  await audit.record(actorOf(request, name), {
    verb: 'login',
    object,
    outcome,
    reason: refused?.refusal ?? '',
    detail,
  });
}

/** Returns the registry that is meant by whoever names none: the only one. */
function onlyOne({ registries }: ServiceParts) {
  const [first, ...more] = registries.list();
  return more.length === 0 ? first : undefined;
}

function byQuery(request: FastifyRequest, query: Readonly<Record<string, unknown>>): TokenRequest | string {
  const { authorization } = request.headers;
  const basic = authorization === undefined ? undefined : readBasic(authorization);
  if (authorization !== undefined && basic === undefined) return 'the Authorization header cannot be read';
  const isNone = basic === undefined || (basic.name === '' && basic.password === '');
  const account = one(query.account);
  if (!isNone && account !== undefined && account !== '' && account !== basic.name) {
    return 'the parameter "account" names another account than the password is of';
  }
  return {
    service: one(query.service),
    scopes: all(query.scope),
    isOffline: one(query.offline_token) === 'true',
    client: one(query.client_id) ?? '',
    credentials: isNone ? { kind: 'none' } : { kind: 'password', ...basic },
  };
}

function byForm(form: Readonly<Record<string, unknown>>): TokenRequest | string {
  const type = one(form.grant_type);
  const credentials = formCredentials(type, form);
  if (typeof credentials === 'string') return credentials;
  return {
    service: one(form.service),
    scopes: all(form.scope),
    isOffline: one(form.access_type) === 'offline',
    client: one(form.client_id) ?? '',
    credentials,
  };
}

function formCredentials(type: string | undefined, form: Readonly<Record<string, unknown>>): Credentials | string {
  if (type === 'refresh_token') return { kind: 'login', token: one(form.refresh_token) ?? '' };
  if (type !== 'password') return 'grant_type must be "password" or "refresh_token"';
  return { kind: 'password', name: one(form.username) ?? '', password: one(form.password) ?? '' };
}

/** Returns the last of what may have been sent several times. */
function one(value: unknown): string | undefined {
  return all(value).at(-1);
}

function all(value: unknown): string[] {
  return [value].flat().filter((each) => typeof each === 'string');
}

function shown(text: string | undefined): string {
  return (text ?? '').replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 100);
}

/** Answers in the form of registries: docker prints the message. */
function refuse(reply: FastifyReply, status: 400 | 401, message: string): FastifyReply {
  if (status === 401) reply.header('WWW-Authenticate', 'Basic realm="provision"');
  const code = status === 401 ? 'UNAUTHORIZED' : 'UNSUPPORTED';
  return reply.code(status).send({ errors: [{ code, message }] });
}
