import { notFound, Problem } from '../../problem.js';
import type { AccountRow } from '../../store/tables.js';
import type { LoginDelays } from '../credentials/login-delays.js';
import {
  type AdoptionParts,
  type AdoptionRules,
  adoptUser,
  bringUpToDate,
  directoryActor,
  findAdopted,
} from './adopt-user.js';
import type { DirectoryUser } from './directory-user.js';
import { mapGroups } from './map-groups.js';
import { type DirectoryEntry, DirectoryUnavailable, type PasswordDirectory } from './password-directory.js';

/** Outcome of a login at the directories. */
export type DirectoryLogin =
  | { readonly kind: 'right'; readonly account: AccountRow }
  /** The directory knows no such name. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'delayed'; readonly seconds: number }
  | { readonly kind: 'unavailable'; readonly isRepeated: boolean };

/** Directory of LDAP, with the rules for its accounts. */
export interface DirectoryOfPasswords {
  readonly directory: PasswordDirectory;
  readonly rules: AdoptionRules;
  /** Milliseconds after which an account that is used is looked for again. */
  readonly refreshEvery: number;
}

/** Answer of a directory about a name, and what a login would make of it. */
export interface DirectoryLook {
  readonly dn: string;
  readonly name: string;
  readonly fullName: string;
  readonly email: string;
  readonly directoryGroups: string[];
  readonly groups: string[];
  readonly admin: boolean | null;
  readonly account: string | null;
  readonly problem: string | null;
}

/** Rules for accounts of an OpenID provider: it can't be asked for a user who is not there. */
export interface ForeignLogins {
  readonly rules: AdoptionRules;
  /** Milliseconds after its last login from which on an account's access tokens don't count. */
  readonly longestAway: number;
  /** Address at which to log in. */
  readonly loginUrl: () => string;
}

/** Milliseconds for which a directory that didn't answer is not asked again. */
const quiet = 3000;
/** Milliseconds that a request waits for a look at a directory. What the directory says later counts for the next. */
const patience = 3000;
/** Logins that wait for a directory at most. */
const mostWaiting = 200;

/** Directories beside the service's own accounts; each login, and each look afterwards, brings the account up to date. */
export class Directories {
  readonly #parts: AdoptionParts;
  readonly #delays: LoginDelays;
  readonly #complain: (message: string) => void;
  readonly #passwords: DirectoryOfPasswords | undefined;
  readonly #foreign: ForeignLogins | undefined;
  readonly #looks = new Map<string, Promise<AccountRow>>();
  #waiting = 0;
  #quietUntil = 0;

  constructor(
    parts: AdoptionParts & { readonly delays: LoginDelays; readonly complain: (message: string) => void },
    { passwords, foreign }: { readonly passwords?: DirectoryOfPasswords; readonly foreign?: ForeignLogins },
  ) {
    this.#parts = parts;
    this.#delays = parts.delays;
    this.#complain = parts.complain;
    this.#passwords = passwords;
    this.#foreign = foreign;
  }

  /** True: there is a directory that is asked for passwords. */
  get checksPasswords(): boolean {
    return this.#passwords !== undefined;
  }

  /**
   * Logs in a user of a directory. Guesses are counted for the user, too, however the name was written.
   * @throws Problem where too many logins wait
   */
  async login(name: string, password: string, address: string): Promise<DirectoryLogin> {
    if (this.#passwords === undefined || !mayBeSent(name, password)) return { kind: 'unknown' };
    if (performance.now() < this.#quietUntil) return { kind: 'unavailable', isRepeated: true };
    if (this.#waiting >= mostWaiting) {
      throw new Problem('too-many-requests', 'too many passwords are being checked. Try again in 5 s', {
        headers: { 'Retry-After': '5' },
      });
    }
    this.#waiting += 1;
    try {
      return await this.#login(this.#passwords, name, password, address);
    } catch (error) {
      this.#tell(error);
      return { kind: 'unavailable', isRepeated: false };
    } finally {
      this.#waiting -= 1;
    }
  }

  /** Looks for a user without their password. @returns undefined: there is none. @throws Problem where no directory answers */
  async look(name: string): Promise<DirectoryLook | undefined> {
    if (this.#passwords === undefined) throw notFound('directory of LDAP');
    const { directory, rules } = this.#passwords;
    try {
      const entry = await directory.find(name);
      if (entry === undefined) return undefined;
      if (entry === 'several') throw new Problem('conflict', 'the directory finds several users by this name');
      const user = await completed(directory, entry);
      const { groups, isAdmin } = mapGroups(user.groups, rules);
      const account = await findAdopted(this.#parts, user, rules);
      return {
        dn: entry.dn,
        name: user.name,
        fullName: user.fullName,
        email: user.email,
        directoryGroups: user.groups.map((group) => group.name),
        groups: groups.map((group) => group.name),
        admin: isAdmin ?? null,
        account: typeof account === 'object' ? account.name : null,
        problem: typeof account === 'string' ? account : null,
      };
    } catch (error) {
      if (!(error instanceof DirectoryUnavailable)) throw error;
      throw new Problem('unavailable', `the directory does not answer: ${error.message}`);
    }
  }

  /** Brings the account of an OpenID provider's user up to date. @returns a refusal as a text */
  async adoptForeign(user: DirectoryUser): Promise<AccountRow | string> {
    if (this.#foreign === undefined) return 'OpenID Connect is not set up here';
    return await adoptUser(this.#parts, user, this.#foreign.rules);
  }

  /** Says where the user of an account logs in, who has no password here; undefined: with the password. */
  elsewhere({ source }: AccountRow): string | undefined {
    if (source !== 'oidc') return undefined;
    const where = this.#foreign === undefined ? '' : ` Log in at ${this.#foreign.loginUrl()} and make one.`;
    return `no password opens this account here: use an access token.${where}`;
  }

  /**
   * Returns an account as its directory has it now: one that was not looked at for a while is looked for. Where the directory
   * doesn't answer, what is known counts.
   */
  async current(account: AccountRow, now = Date.now()): Promise<AccountRow> {
    const { external_id: id } = account;
    if (account.source !== 'ldap' || id === null || this.#passwords === undefined) return account;
    if (now - (account.checked_at ?? 0) < this.#passwords.refreshEvery) return account;
    if (performance.now() < this.#quietUntil) return account;
    const underWay = this.#looks.get(account.id);
    const look = underWay ?? this.#look(this.#passwords, account, id);
    if (underWay === undefined) this.#looks.set(account.id, look);
    return await soon(look, account);
  }

  /** Says why an account of a directory may not act; undefined: it may. */
  closedBecause(account: AccountRow, now = Date.now()): string | undefined {
    if (account.gone_at !== null) return 'the directory has no such user any more: ask an administrator';
    if (account.source !== 'oidc' || this.#foreign === undefined) return undefined;
    const { longestAway, loginUrl } = this.#foreign;
    if (now - (account.last_login_at ?? account.created_at) < longestAway) return undefined;
    return `you have not logged in for ${Math.round(longestAway / day)} days: log in at ${loginUrl()} once`;
  }

  async #login(
    { directory, rules }: DirectoryOfPasswords,
    name: string,
    password: string,
    address: string,
  ): Promise<DirectoryLogin> {
    const entry = await directory.find(name);
    if (entry === undefined) return { kind: 'unknown' };
    if (entry === 'several') {
      this.#complain(`ldap: more than one user is found by the name ${JSON.stringify(name)}. Narrow ldap_user_filter`);
      return { kind: 'refused', why: 'the directory has several users of this name: ask an administrator' };
    }
    const isOtherName = entry.name !== name && entry.name !== '';
    if (isOtherName) {
      const seconds = await this.#delays.wait(entry.name, address);
      if (seconds > 0) return { kind: 'delayed', seconds };
    }
    const proof = await directory.checkPassword(entry, password);
    if (proof !== 'right') {
      if (isOtherName) await this.#delays.fail(entry.name, address);
      if (proof === 'wrong') return { kind: 'wrong' };
      return { kind: 'refused', why: 'the directory refuses this account: ask an administrator' };
    }
    const account = await adoptUser(this.#parts, await completed(directory, entry), rules);
    return typeof account === 'string' ? { kind: 'refused', why: account } : { kind: 'right', account };
  }

  async #look({ directory, rules }: DirectoryOfPasswords, account: AccountRow, id: string): Promise<AccountRow> {
    try {
      const entry = await directory.findAgain(id);
      if (entry !== undefined) {
        return await bringUpToDate(this.#parts, account, await completed(directory, entry), rules);
      }
      const gone = await this.#parts.accounts.markGone(account);
      if (account.gone_at === null) {
        await this.#parts.audit.record(directoryActor(rules.source), { verb: 'user.gone', object: account.name });
      }
      return gone;
    } catch (error) {
      // Nobody may wait for it any more: what is known counts.
      if (error instanceof DirectoryUnavailable) this.#tell(error);
      else this.#complain(`ldap: ${account.name} could not be brought up to date: ${String(error)}`);
      return account;
    } finally {
      this.#looks.delete(account.id);
    }
  }

  /** @throws the error, unless it says that the directory doesn't answer */
  #tell(error: unknown): void {
    if (!(error instanceof DirectoryUnavailable)) throw error;
    this.#quietUntil = performance.now() + quiet;
    this.#complain(`ldap: ${error.message}`);
  }
}

const day = 24 * 3_600_000;
const longestName = 256;

/** Returns false for what no directory is asked: an empty password would be no proof (RFC 4513, 5.1.2). */
function mayBeSent(name: string, password: string): boolean {
  return name !== '' && name.length <= longestName && password !== '' && !/\0/.test(name + password);
}

async function completed(directory: PasswordDirectory, entry: DirectoryEntry): Promise<DirectoryUser> {
  const { id, name, fullName, email } = entry;
  return { id, name, fullName, email, groups: await directory.groupsOf(entry) };
}

/** Waits for a look as long as a request can. */
async function soon(look: Promise<AccountRow>, meanwhile: AccountRow): Promise<AccountRow> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<AccountRow>((resolve) => {
    timer = setTimeout(() => resolve(meanwhile), patience);
  });
  try {
    return await Promise.race([look, late]);
  } finally {
    clearTimeout(timer);
  }
}
