import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { RegistryRequest } from './request-kind.js';

export interface BearerOptions {
  readonly service: string;
  /** How long a token is good for. Default: 300. */
  readonly lifetimeSeconds?: number;
  /** Who gets tokens. Default: anybody, without an account. */
  readonly account?: { readonly username: string; readonly password: string };
  /** Whether the answer with the token says how long it is good for. Default: it does. */
  readonly tellsLifetime?: boolean;
}

/** Where tokens are had, on the port of the registry itself. */
export const tokenPath = '/token';

const payload = z.object({ expires: z.number(), scopes: z.array(z.string()) });

/** A bearer challenge as registries with a token server make it: who may do what, for how long (distribution, "Token Authentication"). */
export class Bearer {
  readonly #key = randomBytes(32);

  constructor(readonly options: BearerOptions) {}

  /** The answer of the token endpoint: `scope` given several times, or several in one with spaces between. */
  token(url: URL, form: URLSearchParams, authorization: string | undefined): { status: number; body: object } {
    const { account, lifetimeSeconds = 300, tellsLifetime = true } = this.options;
    if (account !== undefined && !knows(account, form, authorization)) {
      return { status: 401, body: { errors: [{ code: 'UNAUTHORIZED', message: 'authentication required' }] } };
    }
    const scopes = [...url.searchParams.getAll('scope'), ...form.getAll('scope')].flatMap((scope) => scope.split(' '));
    const text = this.#signed(JSON.stringify({ expires: Date.now() + lifetimeSeconds * 1000, scopes }));
    const body = { token: text, access_token: text, ...(tellsLifetime ? { expires_in: lifetimeSeconds } : {}) };
    return { status: 200, body };
  }

  /** Nothing when the request may pass, else the challenge to answer it with, status 401. */
  challenge(request: RegistryRequest, authorization: string | undefined, origin: string): string | undefined {
    const needed = scopesOf(request);
    const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return this.words(origin, needed);
    const granted = this.#read(token);
    if (granted === undefined || granted.expires <= Date.now()) return this.words(origin, needed, 'invalid_token');
    const missing = needed.some((scope) => !granted.scopes.some((had) => covers(had, scope)));
    return missing ? this.words(origin, needed, 'insufficient_scope') : undefined;
  }

  words(origin: string, scopes: readonly string[], error?: 'invalid_token' | 'insufficient_scope'): string {
    return [
      `Bearer realm="${origin}${tokenPath}",service="${this.options.service}"`,
      ...(scopes.length === 0 ? [] : [`scope="${scopes.join(' ')}"`]),
      ...(error === undefined ? [] : [`error="${error}"`]),
    ].join(',');
  }

  #signed(text: string): string {
    const data = Buffer.from(text).toString('base64url');
    return `${data}.${createHmac('sha256', this.#key).update(data).digest('base64url')}`;
  }

  #read(token: string): z.output<typeof payload> | undefined {
    const [data = '', signature = ''] = token.split('.');
    const right = createHmac('sha256', this.#key).update(data).digest();
    const given = Buffer.from(signature, 'base64url');
    if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
    return payload.parse(JSON.parse(Buffer.from(data, 'base64url').toString('utf8')));
  }
}

/** What a request needs leave for: `repository:team/web:pull,push`, and of a mount the repository it mounts from. */
export function scopesOf({ kind, method, url, repository }: RegistryRequest): string[] {
  if (kind === 'catalog') return ['registry:catalog:*'];
  if (repository === undefined) return [];
  const actions = { GET: 'pull', HEAD: 'pull', DELETE: kind === 'upload-delete' ? 'pull,push' : 'delete' }[method];
  const from = url.searchParams.get('from');
  return [
    `repository:${repository}:${kind === 'upload-get' ? 'pull,push' : (actions ?? 'pull,push')}`,
    ...(kind === 'mount' && from !== null ? [`repository:${from}:pull`] : []),
  ];
}

function covers(had: string, needed: string): boolean {
  const [name, actions] = apart(needed);
  const [hadName, hadActions] = apart(had);
  return name === hadName && actions.every((action) => hadActions.includes(action) || hadActions.includes('*'));
}

function apart(scope: string): [string, string[]] {
  const colon = scope.lastIndexOf(':');
  return [scope.slice(0, colon), scope.slice(colon + 1).split(',')];
}

function knows(
  { username, password }: { readonly username: string; readonly password: string },
  form: URLSearchParams,
  authorization: string | undefined,
): boolean {
  if (form.get('username') === username && form.get('password') === password) return true;
  return authorization === `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
