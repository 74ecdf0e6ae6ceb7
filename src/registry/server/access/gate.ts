import type { IncomingMessage } from 'node:http';
import { type Accounts, basicUser } from '../accounts/accounts.js';
import { notAllowed, refusal, type ServerAnswer } from '../answers/answer.js';
import type { ServerRoute } from '../answers/route.js';
import type { AccessFile } from './access-file.js';
import { type Caller, callerOf } from './caller.js';
import { certificateName } from './certificate-name.js';
import { bearerChallenge, unauthorized } from './challenge.js';
import { IssuedTokens, type TokenHolder } from './issued-tokens.js';
import type { Right, Rights } from './rights.js';

/** Outcome of a look at who sends a request: a caller who may do what it is about, or the answer. */
export type Admission =
  | { readonly caller: Caller; readonly answer?: undefined }
  | { readonly caller?: Caller; readonly answer: ServerAnswer };

/** Gate of a server: it finds out who sends a request, and whether they may. */
export interface RequestGate {
  admit(request: IncomingMessage, route: ServerRoute): Promise<Admission>;
}

/** Gate of a server with accounts of its own. */
export class Gate implements RequestGate {
  readonly #tokens = new IssuedTokens();

  readonly #accounts: Accounts | undefined;
  readonly #access: AccessFile;

  /** @param accounts undefined: accounts are those of clients' certificates */
  constructor(accounts: Accounts | undefined, access: AccessFile) {
    this.#accounts = accounts;
    this.#access = access;
  }

  async admit(request: IncomingMessage, route: ServerRoute): Promise<Admission> {
    const rights = await this.#access.rights();
    const needed = neededRight(route, request.method ?? '');
    const scope = scopeOf(route, needed);
    const challenge = () => unauthorized(rights.admitsAnonymous ? bearerChallenge(request, scope) : undefined);
    const holder = await this.#identify(request);
    if (holder === 'busy') return { answer: busyAnswer() };
    if (holder === 'wrong') return { answer: route.kind === 'token' ? unauthorized() : challenge() };
    const { account, hasToken } = holder;
    if (route.kind === 'token') return { answer: await this.#answerToken(request, account, rights) };
    if (account === undefined && !mayStay(rights, needed, hasToken)) return { answer: challenge() };
    const caller = callerOf(account, rights);
    if (!('name' in route) || !isRight(needed) || caller.may(needed, route.name)) return { caller };
    return { caller, answer: account === undefined ? challenge() : denied(route.name, needed) };
  }

  async #identify(request: IncomingMessage): Promise<(TokenHolder & { hasToken: boolean }) | 'wrong' | 'busy'> {
    const { authorization } = request.headers;
    // containers/image sends an empty name and password where it has none.
    if (authorization === undefined || authorization === 'Basic Og==') {
      return { account: certificateName(request), hasToken: false };
    }
    const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    if (token !== undefined) {
      const holder = this.#tokens.holder(token, await this.#version());
      return holder === undefined ? 'wrong' : { ...holder, hasToken: true };
    }
    const proof = (await this.#accounts?.judge(authorization, request.socket.remoteAddress ?? '-')) ?? 'wrong';
    return proof === 'right' ? { account: basicUser(authorization), hasToken: false } : proof;
  }

  async #answerToken({ method }: IncomingMessage, account: string | undefined, rights: Rights): Promise<ServerAnswer> {
    if (method !== 'GET' && method !== 'HEAD') return notAllowed('GET, HEAD', 'a token is asked for by GET');
    if (account === undefined && !rights.admitsAnonymous) return unauthorized();
    return this.#tokens.answer(account, await this.#version());
  }

  async #version(): Promise<string> {
    return (await this.#accounts?.version()) ?? '';
  }
}

/** Condition of a route: a right on its repository, an account, a proof of who asks, or nothing beside being let in. */
type Needed = Right | 'account' | 'proof' | 'nothing';

function neededRight(route: ServerRoute, method: string): Needed {
  switch (route.kind) {
    case 'manifest':
    case 'blob':
      if (method === 'GET' || method === 'HEAD') return 'pull';
      return method === 'DELETE' ? 'delete' : 'push';
    case 'tags':
    case 'referrers':
      return 'pull';
    case 'uploads':
    case 'upload':
      return 'push';
    case 'refused':
      return 'nothing';
    case 'base':
    case 'catalog':
      return 'proof';
    default:
      return 'account';
  }
}

/**
 * Decides about a request without an account. `/v2/` is refused until there is a token: clients find out there how to
 * log in, and docker sends no account to a registry that didn't ask for one. So is the catalogue: whoever has an account
 * would take what others see for all there is.
 */
function mayStay(rights: Rights, needed: Needed, hasToken: boolean): boolean {
  return rights.admitsAnonymous && needed !== 'account' && (needed !== 'proof' || hasToken);
}

function scopeOf(route: ServerRoute, needed: Needed): string | undefined {
  if (route.kind === 'catalog') return 'registry:catalog:*';
  if (!('name' in route)) return undefined;
  return `repository:${route.name}:${needed === 'push' ? 'pull,push' : needed}`;
}

function isRight(needed: Needed): needed is Right {
  return needed !== 'account' && needed !== 'proof' && needed !== 'nothing';
}

function denied(name: string, right: Right): ServerAnswer {
  return refusal(403, 'DENIED', `the account may not ${right} here`, { name });
}

function busyAnswer(): ServerAnswer {
  const answer = refusal(429, 'TOOMANYREQUESTS', 'too many passwords are being checked');
  return { ...answer, headers: { ...answer.headers, 'Retry-After': '5' } };
}
