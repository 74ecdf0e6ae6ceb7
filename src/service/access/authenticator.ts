import { createHmac, randomBytes } from 'node:crypto';
import { FairQueue } from '../../registry/server/accounts/fair-queue.js';
import { Problem } from '../problem.js';
import type { AccountRow } from '../store/tables.js';
import type { AccessTokens } from './accounts/access-tokens.js';
import { tokenLimitsOf } from './accounts/access-tokens.js';
import type { AccountStore } from './accounts/accounts.js';
import type { Logins } from './accounts/logins.js';
import type { Sessions } from './accounts/sessions.js';
import type { LoginDelays } from './credentials/login-delays.js';
import { matchesHash, nobodysHash } from './credentials/password-hash.js';
import { isSecret } from './credentials/secret-token.js';
import type { Directories } from './directories/directory.js';
import type { Principal } from './principal.js';

/** Outcome of a look at a name and password, or a token. */
export type LoginProof = { readonly principal: Principal; readonly refusal?: undefined } | LoginRefusal;

/** Refusal of a name and password, or a token. */
export interface LoginRefusal {
  readonly principal?: undefined;
  readonly refusal: string;
  readonly retryAfter?: number;
  /** It was refused so a moment ago: nothing was checked. */
  readonly isRepeated: boolean;
  /** Nothing was found out: the directory doesn't answer. */
  readonly isUnknown?: true;
}

/** Milliseconds for which a proof is believed again without the work of a hash, and a wrong one refused again. */
const belief = 60_000;
const disbelief = 10_000;
const mostKnown = 5000;

interface Parts {
  readonly accounts: AccountStore;
  readonly tokens: AccessTokens;
  readonly logins: Logins;
  readonly sessions: Sessions;
  readonly delays: LoginDelays;
  readonly directories: Directories;
}

/** Finds out whose a request is. */
export class Authenticator {
  /** Proofs that were checked a moment ago, by a hash that this process alone can make. */
  readonly #key = randomBytes(32);
  readonly #right = new Map<string, { readonly until: number; readonly accountId: string; readonly version: number }>();
  readonly #wrong = new Map<string, { readonly until: number; readonly refusal: string; readonly version: number }>();
  readonly #underWay = new Map<string, Promise<LoginProof>>();
  readonly #queue = new FairQueue({ each: 10, all: 200 }, async () => {});

  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Judges a name with a password, or with an access token in its place. */
  async byPassword(name: string, password: string, address: string): Promise<LoginProof> {
    if (isSecret('access', password)) return await this.byAccessToken(password, address, name);
    const id = createHmac('sha256', this.#key).update(`${name}\0${password}`).digest('base64');
    const believed = await this.#believed(id);
    if (believed !== undefined) return { principal: byPassword(believed) };
    const wrong = this.#wrong.get(`${id} ${address}`);
    const { version = 0 } = (await this.#parts.accounts.find(name)) ?? {};
    if (wrong !== undefined && wrong.until > Date.now() && wrong.version === version)
      return { refusal: wrong.refusal, isRepeated: true };
    // What is asked at the same time is checked once: clients open several connections.
    const same = this.#underWay.get(`${id} ${address}`);
    if (same !== undefined) {
      const proof = await same;
      return proof.principal === undefined ? { ...proof, isRepeated: true } : proof;
    }
    const checking = this.#checkPassword(name, password, address, id, version);
    this.#underWay.set(`${id} ${address}`, checking);
    try {
      return await checking;
    } finally {
      this.#underWay.delete(`${id} ${address}`);
    }
  }

  /** @param name account that the sender names besides; undefined: none */
  async byAccessToken(secret: string, address: string, name?: string): Promise<LoginProof> {
    const row = isSecret('access', secret) ? await this.#parts.tokens.bySecret(secret) : undefined;
    if (row === undefined) {
      return { refusal: 'this access token is not known: it was revoked, or not copied as a whole', isRepeated: false };
    }
    const account = await this.#parts.accounts.byId(row.account_id);
    if (account === undefined || (name !== undefined && name !== account.name)) {
      return { refusal: 'this access token belongs to another account', isRepeated: false };
    }
    if (row.expires_at !== null && row.expires_at <= Date.now()) {
      return { refusal: `the access token "${row.label}" has expired: make another`, isRepeated: false };
    }
    const standing = await this.#standing(account);
    if (standing.closed !== undefined) return { refusal: standing.closed, isRepeated: false };
    await this.#parts.tokens.recordUse(row, address);
    const means = { kind: 'access-token', id: row.id } as const;
    return { principal: { account: standing.account, means, limits: tokenLimitsOf(row), api: row.api } };
  }

  /** Judges a refresh token for a registry. */
  async byLogin(secret: string, service: string): Promise<LoginProof> {
    const row = isSecret('login', secret) ? await this.#parts.logins.bySecret(secret) : undefined;
    const account = row === undefined ? undefined : await this.#parts.accounts.byId(row.account_id);
    if (row === undefined || account === undefined || row.service !== service) {
      return { refusal: 'this login has ended: log in again', isRepeated: false };
    }
    const standing = await this.#standing(account);
    if (standing.closed !== undefined) return { refusal: standing.closed, isRepeated: false };
    const token = row.access_token_id === null ? undefined : await this.#parts.tokens.byId(row.access_token_id);
    if (row.access_token_id !== null && (token === undefined || isOver(token.expires_at))) {
      return { refusal: 'the access token of this login has ended: log in again', isRepeated: false };
    }
    await this.#parts.logins.recordUse(row);
    const limits = token === undefined ? undefined : tokenLimitsOf(token);
    const means = { kind: 'login', id: row.id } as const;
    return { principal: { account: standing.account, means, limits, api: 'none' } };
  }

  /** Judges an account that shows nothing itself: a provider has vouched for it, or a schedule acts for it. */
  async byAccount(row: AccountRow): Promise<LoginProof> {
    const fresh = (await this.#parts.accounts.byId(row.id)) ?? row;
    const { account, closed } = await this.#standing(fresh);
    return closed === undefined ? { principal: byPassword(account) } : { refusal: closed, isRepeated: false };
  }

  /** Judges the cookie of a session; undefined: it has ended. */
  async bySession(cookie: string): Promise<Principal | undefined> {
    const session = await this.#parts.sessions.find(cookie);
    const account = session === undefined ? undefined : await this.#parts.accounts.byId(session.account_id);
    if (session === undefined || account === undefined) return undefined;
    const standing = await this.#standing(account);
    if (standing.closed !== undefined) return undefined;
    const means = { kind: 'session', id: session.id } as const;
    return { account: standing.account, means, limits: undefined, api: 'write' };
  }

  /** Returns an account as its directory has it, and why it may not act. */
  async #standing(row: AccountRow): Promise<{ readonly account: AccountRow; readonly closed: string | undefined }> {
    const { directories } = this.#parts;
    const account = await directories.current(row);
    return { account, closed: closedBecause(account) ?? directories.closedBecause(account) };
  }

  async #checkPassword(
    name: string,
    password: string,
    address: string,
    id: string,
    version: number,
  ): Promise<LoginProof> {
    const wait = await this.#parts.delays.wait(name, address);
    if (wait > 0) return delayed(wait);
    const checked = await this.#check(name, password, address);
    if (typeof checked === 'object' && 'refusal' in checked) return checked;
    if (typeof checked === 'string') {
      await this.#parts.delays.fail(name, address);
      remember(this.#wrong, `${id} ${address}`, { until: Date.now() + disbelief, refusal: checked, version });
      return { refusal: checked, isRepeated: false };
    }
    await this.#parts.delays.forget(name, address);
    await this.#parts.accounts.recordLogin(checked.id);
    remember(this.#right, id, { until: Date.now() + belief, accountId: checked.id, version: checked.version });
    return { principal: byPassword(checked) };
  }

  async #believed(id: string): Promise<AccountRow | undefined> {
    const known = this.#right.get(id);
    if (known === undefined || known.until < Date.now()) return undefined;
    const row = await this.#parts.accounts.recent(known.accountId);
    if (row === undefined || row.version !== known.version) return undefined;
    const { account, closed } = await this.#standing(row);
    return closed === undefined && account.version === known.version ? account : undefined;
  }

  /**
   * Checks a password. An account that is not there takes as long as one that is.
   * @returns the refusal, if it is one: a text is of the password or account, and counts as a guess
   */
  async #check(name: string, password: string, address: string): Promise<AccountRow | string | LoginRefusal> {
    const { accounts, directories } = this.#parts;
    const found = await accounts.find(name);
    const elsewhere = found === undefined ? undefined : directories.elsewhere(found);
    if (elsewhere !== undefined) return elsewhere;
    if (found?.source === 'local') return await this.#checkOwn(found, password, address);
    const login = await directories.login(name, password, address);
    switch (login.kind) {
      case 'right': {
        const { account } = login;
        return closedBecause(account) ?? directories.closedBecause(account) ?? account;
      }
      case 'unknown':
        await this.#hash(address, () => matchesHash(password, nobodysHash));
        return wrongPassword;
      case 'wrong':
        return wrongPassword;
      case 'refused':
        return login.why;
      case 'delayed':
        return delayed(login.seconds);
      case 'unavailable': {
        const refusal = 'the directory of accounts does not answer: try again later, or use an access token';
        return { refusal, retryAfter: 10, isRepeated: login.isRepeated, isUnknown: true };
      }
    }
  }

  async #checkOwn({ password_hash: hash, kind, ...rest }: AccountRow, password: string, address: string) {
    const isRight = await this.#hash(address, () => matchesHash(password, hash ?? nobodysHash));
    if (hash === null && kind === 'robot') return 'a robot logs in with an access token, not with a password';
    const account: AccountRow = { ...rest, password_hash: hash, kind };
    return isRight && hash !== null ? (closedBecause(account) ?? account) : wrongPassword;
  }

  /** Works on a hash when its turn comes. @throws Problem where too many wait */
  async #hash(address: string, work: () => Promise<boolean>): Promise<boolean> {
    const isRight = await this.#queue.run(address, work);
    if (isRight !== undefined) return isRight;
    throw new Problem('too-many-requests', 'too many passwords are being checked. Try again in 5 s', {
      headers: { 'Retry-After': '5' },
    });
  }
}

const wrongPassword = 'the name or the password is wrong';

/** Makes the refusal of a try that has to wait. */
function delayed(seconds: number): LoginRefusal {
  const refusal = `too many wrong passwords for this account from your network: try again in ${seconds} s, or use an access token`;
  return { refusal, retryAfter: seconds, isRepeated: true };
}

function byPassword(account: AccountRow): Principal {
  return { account, means: { kind: 'password' }, limits: undefined, api: 'write' };
}

/** Says why an account may not act; undefined: it may. */
function closedBecause({ is_disabled: disabled, expires_at: until }: AccountRow): string | undefined {
  if (disabled === 1) return 'this account is disabled: ask an administrator';
  return isOver(until) ? 'this account has expired: ask an administrator' : undefined;
}

function isOver(until: number | null): boolean {
  return until !== null && until <= Date.now();
}

function remember<Value>(map: Map<string, Value>, id: string, value: Value): void {
  if (map.size >= mostKnown) map.clear();
  map.set(id, value);
}
