import type { IncomingMessage } from 'node:http';
import type { ServerRoute } from '../../answers/route.js';
import type { Caller } from '../caller.js';
import { unauthorized } from '../challenge.js';
import type { Admission, RequestGate } from '../gate.js';
import type { TokenClaims } from './read-token.js';
import type { TokenVerifier } from './token-verifier.js';

/** Right that a request needs in its token, in the words of scopes. */
interface NeededAccess {
  readonly type: 'repository' | 'registry';
  readonly name: string;
  /** All of them. */
  readonly actions: readonly string[];
}

/** Gate of a registry that trusts a token server: rights are those in the token of a request. */
export class TokenGate implements RequestGate {
  readonly #verifier: TokenVerifier;

  constructor(verifier: TokenVerifier) {
    this.#verifier = verifier;
  }

  async admit(request: IncomingMessage, route: ServerRoute): Promise<Admission> {
    const needed = neededAccess(route, request.method ?? '');
    const { authorization = '' } = request.headers;
    const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? addressToken(request, route);
    // A password counts as nothing, as in docker-registry: the challenge tells the client where to take it.
    if (token === undefined) return { answer: this.#challenge(needed) };
    const claims = await this.#verifier.claims(token);
    if (claims === undefined) return { answer: this.#challenge(needed, 'invalid_token') };
    const caller = callerOfToken(claims);
    if (needed === 'account' && caller.account === undefined) return { caller, answer: this.#challenge(needed) };
    if (typeof needed === 'object' && !has(claims, needed)) {
      return { caller, answer: this.#challenge(needed, 'insufficient_scope') };
    }
    return { caller };
  }

  #challenge(needed: NeededAccess | 'account' | 'nothing', error?: string) {
    const { realm, service } = this.#verifier.settings;
    const scope = typeof needed === 'string' ? '' : `,scope="${needed.type}:${needed.name}:${needed.actions.join()}"`;
    return unauthorized(
      `Bearer realm="${realm}",service="${service}"${scope}${error === undefined ? '' : `,error="${error}"`}`,
    );
  }
}

/**
 * Returns the token in the address of a blob that is read (RFC 6750, 2.3): who sends a client to another host can give it no
 * header for there.
 */
function addressToken({ method, url = '', headers }: IncomingMessage, { kind }: ServerRoute): string | undefined {
  if (headers.authorization !== undefined || kind !== 'blob' || (method !== 'GET' && method !== 'HEAD'))
    return undefined;
  return new URLSearchParams(url.slice(url.indexOf('?') + 1)).get('access_token') ?? undefined;
}

function neededAccess(route: ServerRoute, method: string): NeededAccess | 'account' | 'nothing' {
  switch (route.kind) {
    case 'manifest':
    case 'blob':
    case 'tags':
    case 'referrers':
    case 'uploads':
    case 'upload':
      return { type: 'repository', name: route.name, actions: actionsOf(route.kind, method) };
    case 'catalog':
      return { type: 'registry', name: 'catalog', actions: ['*'] };
    case 'metrics':
    case 'upkeep':
      return 'account';
    default:
      return 'nothing';
  }
}

/** Returns the actions that distribution asks for. An upload is deleted by who makes it, so that is a push. */
function actionsOf(kind: string, method: string): string[] {
  if (kind === 'uploads' || kind === 'upload') return ['pull', 'push'];
  if (method === 'GET' || method === 'HEAD') return ['pull'];
  return method === 'DELETE' ? ['delete'] : ['pull', 'push'];
}

function has({ access }: TokenClaims, { type, name, actions }: NeededAccess): boolean {
  return actions.every((action) => allows(access, type, name, action));
}

function allows(access: TokenClaims['access'], type: string, name: string, action: string): boolean {
  return access.some(
    (each) => each.type === type && each.name === name && (each.actions.includes(action) || each.actions.includes('*')),
  );
}

/** Returns the caller of a token. The catalogue is seen as a whole by whoever has a token for it. */
function callerOfToken({ subject, access }: TokenClaims): Caller {
  return {
    account: subject === '' ? undefined : subject,
    may: (right, name) => allows(access, 'repository', name, right),
    lists: () => allows(access, 'registry', 'catalog', '*'),
    mayAdminister: () => allows(access, 'registry', 'provision', '*'),
  };
}
