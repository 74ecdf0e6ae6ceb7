import { randomUUID } from 'node:crypto';
import { isRepository } from '../../registry/names.js';
import type { Principal } from '../access/principal.js';
import { isAdministrator, subjectOf } from '../access/principal.js';
import { may, type SubjectRights, type Visibilities } from '../access/rights/decide.js';
import type { RightsStore } from '../access/rights/rights.js';
import type { RepositoryAction } from '../access/rights/roles.js';
import type { TrustingRegistry } from './registries.js';
import type { AskedScope } from './scopes.js';
import type { SigningKeys } from './signing-keys.js';

/** Rights that a token gives, by distribution's names. */
export interface GrantedAccess {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

/** Issued token, as it is answered. */
export interface IssuedToken {
  readonly token: string;
  readonly expiresIn: number;
  readonly access: readonly GrantedAccess[];
  readonly id: string;
}

/** Seconds that a token counts: longer with `push`, for slow uplinks (moby#33558). Registries allow for no less than a minute. */
export interface TokenLifetimes {
  readonly pull: number;
  readonly push: number;
}

interface Kept {
  readonly minute: number;
  readonly issued: IssuedToken;
}

const mostKept = 10_000;
/** Characters of a narrowing in a token. */
const longestLimits = 4000;

/** Issuer of tokens: of what a client asks for it grants what the account may, and never refuses for lack of rights. */
export class TokenIssuer {
  /** Tokens of this minute: clients that mount ask dozens of times for the same. */
  readonly #kept = new Map<string, Kept>();

  readonly #keys: SigningKeys;
  readonly #rights: RightsStore;
  readonly #issuer: string;
  readonly #lifetimes: TokenLifetimes;

  constructor(keys: SigningKeys, rights: RightsStore, issuer: string, lifetimes: TokenLifetimes) {
    this.#keys = keys;
    this.#rights = rights;
    this.#issuer = issuer;
    this.#lifetimes = lifetimes;
  }

  async issue(principal: Principal, registry: TrustingRegistry, scopes: readonly AskedScope[]): Promise<IssuedToken> {
    const grants = principal.account === undefined ? [] : await this.#rights.grantsOf(principal.account.id);
    const visibilities = await this.#rights.visibilities();
    const subject = subjectOf(principal, grants);
    const context = { subject, visibilities, registry, isAdministrator: isAdministrator(principal) };
    const access = scopes.map((scope) => granted(scope, context)).filter((each) => each !== undefined);
    const name = principal.account?.name ?? '';
    const minute = Math.floor(Date.now() / 60_000);
    const limits = access.some(isSearch) ? principal.limits : undefined;
    const id = JSON.stringify([name, registry.name, access, limits]);
    const kept = this.#kept.get(id);
    if (kept?.minute === minute) return kept.issued;
    const issued = await this.#sign(name, registry.name, access, limits);
    if (this.#kept.size >= mostKept) this.#kept.clear();
    this.#kept.set(id, { minute, issued });
    return issued;
  }

  async #sign(
    subject: string,
    audience: string,
    access: readonly GrantedAccess[],
    limits: SubjectRights['limits'],
  ): Promise<IssuedToken> {
    const pushes = access.some(({ actions }) => actions.includes('push'));
    // A token that is kept for a minute still counts for as long as the answer says.
    const expiresIn = Math.max(60, pushes ? this.#lifetimes.push : this.#lifetimes.pull);
    const now = Math.floor(Date.now() / 1000);
    const id = randomUUID();
    const token = await this.#keys.sign({
      iss: this.#issuer,
      sub: subject,
      aud: audience,
      exp: now + expiresIn + 60,
      nbf: now - 10,
      iat: now,
      jti: id,
      access,
      ...(limits === undefined ? {} : { limits }),
    });
    return { token, expiresIn, access, id };
  }
}

interface GrantContext {
  readonly subject: SubjectRights;
  readonly visibilities: Visibilities;
  readonly registry: TrustingRegistry;
  readonly isAdministrator: boolean;
}

/** Returns what of a scope is granted; undefined: a scope that no registry knows. */
function granted(scope: AskedScope, context: GrantContext): GrantedAccess | undefined {
  const { type, name } = scope;
  if (type === 'repository') {
    const repository = withoutHost(name, context.registry.host);
    return { type, name: repository, actions: grantedActions(repository, scope.actions, context) };
  }
  if (type !== 'registry') return undefined;
  // Search is the service's own: docker asks for this scope, which no registry gives anything for.
  if (isSearch(scope)) return { type, name, actions: isShort(context.subject.limits) ? ['search'] : [] };
  const isKnown = (name === 'catalog' || name === 'provision') && scope.actions.includes('*');
  return { type, name, actions: isKnown && context.isAdministrator ? ['*'] : [] };
}

/** Returns true for the right to search, which a token has apart from all others. */
export function isSearch({ type, name, actions }: GrantedAccess): boolean {
  return type === 'registry' && name === 'catalog' && actions.join() === 'search';
}

/** Returns true for a narrowing that a token can carry: it must fit a header. */
function isShort(limits: SubjectRights['limits']): boolean {
  return limits === undefined || JSON.stringify(limits).length <= longestLimits;
}

function grantedActions(
  repository: string,
  actions: readonly string[],
  { subject, visibilities, registry }: GrantContext,
): string[] {
  if (!isRepository(repository)) return [];
  const place = { registry: registry.name, repository };
  const allows = (action: RepositoryAction) => may(subject, action, place, visibilities);
  const asks = (action: string) => actions.includes(action) || actions.includes('*');
  const pull = allows('pull');
  const push = pull && !registry.isReadOnly && allows('push');
  const given: string[] = [];
  // The registry takes a push with both alone.
  if ((asks('pull') || (asks('push') && push)) && pull) given.push('pull');
  if (asks('push') && push) given.push('push');
  if (asks('delete') && !registry.isReadOnly && allows('delete')) given.push('delete');
  return given;
}

function withoutHost(name: string, host: string): string {
  return name.startsWith(`${host}/`) ? name.slice(host.length + 1) : name;
}
