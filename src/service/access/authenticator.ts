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
export type LoginProof =
  | { readonly principal: Principal; readonly refusal?: undefined }
  | {
      readonly principal?: undefined;
      readonly refusal: string;
      readonly retryAfter?: number;
      readonly isRepeated: boolean;
    };

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
    const closed = closedBecause(account);
    if (closed !== undefined) return { refusal: closed, isRepeated: false };
    await this.#parts.tokens.recordUse(row, address);
    const means = { kind: 'access-token', id: row.id } as const;
    return { principal: { account, means, limits: tokenLimitsOf(row), api: row.api } };
  }

  /** Judges a refresh token for a registry. */
  async byLogin(secret: string, service: string): Promise<LoginProof> {
    const row = isSecret('login', secret) ? await this.#parts.logins.bySecret(secret) : undefined;
    const account = row === undefined ? undefined : await this.#parts.accounts.byId(row.account_id);
    if (row === undefined || account === undefined || row.service !== service) {
      return { refusal: 'this login has ended: log in again', isRepeated: false };
    }
    const closed = closedBecause(account);
    if (closed !== undefined) return { refusal: closed, isRepeated: false };
    const token = row.access_token_id === null ? undefined : await this.#parts.tokens.byId(row.access_token_id);
    if (row.access_token_id !== null && (token === undefined || isOver(token.expires_at))) {
      return { refusal: 'the access token of this login has ended: log in again', isRepeated: false };
    }
    await this.#parts.logins.recordUse(row);
    const limits = token === undefined ? undefined : tokenLimitsOf(token);
    return { principal: { account, means: { kind: 'login', id: row.id }, limits, api: 'none' } };
  }

  /** Judges the cookie of a session; undefined: it has ended. */
  async bySession(cookie: string): Promise<Principal | undefined> {
    const session = await this.#parts.sessions.find(cookie);
    const account = session === undefined ? undefined : await this.#parts.accounts.byId(session.account_id);
    if (session === undefined || account === undefined || closedBecause(account) !== undefined) return undefined;
    return { account, means: { kind: 'session', id: session.id }, limits: undefined, api: 'write' };
  }

  async #checkPassword(
    name: string,
    password: string,
    address: string,
    id: string,
    version: number,
  ): Promise<LoginProof> {
    const wait = await this.#parts.delays.wait(name, address);
    if (wait > 0) {
      const refusal = `too many wrong passwords for this account from your network: try again in ${wait} s, or use an access token`;
      return { refusal, retryAfter: wait, isRepeated: true };
    }
    const checked = await this.#queue.run(address, () => this.#check(name, password));
    if (checked === undefined) {
      throw new Problem('too-many-requests', 'too many passwords are being checked. Try again in 5 s', {
        headers: { 'Retry-After': '5' },
      });
    }
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
    const account = await this.#parts.accounts.byId(known.accountId);
    const isSame = account !== undefined && account.version === known.version && closedBecause(account) === undefined;
    return isSame ? account : undefined;
  }

  /** Checks a password. An account that is not there takes as long as one that is. @returns the refusal, if it is one */
  async #check(name: string, password: string): Promise<AccountRow | string> {
    const { accounts, directories } = this.#parts;
    const found = await accounts.find(name);
    if (found === undefined || found.source !== 'local') {
      const foreign = await directories.login(name, password);
      if (typeof foreign === 'object') return closedBecause(foreign) ?? foreign;
      if (found === undefined) await matchesHash(password, nobodysHash);
      return foreign ?? wrongPassword;
    }
    const { password_hash: hash, kind } = found;
    const isRight = await matchesHash(password, hash ?? nobodysHash);
    if (hash === null && kind === 'robot') return 'a robot logs in with an access token, not with a password';
    return isRight && hash !== null ? (closedBecause(found) ?? found) : wrongPassword;
  }
}

const wrongPassword = 'the name or the password is wrong';

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
