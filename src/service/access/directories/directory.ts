import type { AccountRow } from '../../store/tables.js';
import type { AccountStore } from '../accounts/accounts.js';
import type { Groups } from '../accounts/groups.js';

/** User as a directory knows it. */
export interface DirectoryUser {
  /** Identifier there: a DN. */
  readonly id: string;
  readonly name: string;
  readonly fullName: string;
  readonly email: string;
  readonly groups: readonly string[];
  /** Member of the group whose members administer the service. */
  readonly isAdmin: boolean;
}

/** Directory that checks passwords: the seam to LDAP and its kin. */
export interface PasswordDirectory {
  readonly source: 'ldap';
  /** Checks a password. @returns undefined: there is no such user. @throws Error when it doesn't answer */
  check(name: string, password: string): Promise<DirectoryUser | 'wrong' | undefined>;
}

/** Directories beside the service's own accounts; each login brings the account up to date. */
export class Directories {
  readonly #list: readonly PasswordDirectory[];
  readonly #accounts: AccountStore;
  readonly #groups: Groups;
  readonly #complain: (message: string) => void;

  constructor(
    list: readonly PasswordDirectory[],
    accounts: AccountStore,
    groups: Groups,
    complain: (message: string) => void,
  ) {
    this.#list = list;
    this.#accounts = accounts;
    this.#groups = groups;
    this.#complain = complain;
  }

  /** Logs in a user of a directory. @returns the refusal, or undefined: no directory knows the name */
  async login(name: string, password: string): Promise<AccountRow | string | undefined> {
    for (const directory of this.#list) {
      let found: DirectoryUser | 'wrong' | undefined;
      try {
        found = await directory.check(name, password);
      } catch (error) {
        this.#complain(`${directory.source}: ${String(error)}`);
        return 'the directory of accounts does not answer: try again later, or use an access token';
      }
      if (found === 'wrong') return 'the name or the password is wrong';
      if (found !== undefined) return await this.adopt(directory.source, found);
    }
    return undefined;
  }

  /** Brings the account of a directory's user up to date, and makes it at the first login. @returns a refusal as a text */
  async adopt(source: 'ldap' | 'oidc', user: DirectoryUser): Promise<AccountRow | string> {
    const there = await this.#accounts.find(user.name);
    if (there !== undefined && (there.source !== source || (there.external_id ?? user.id) !== user.id)) {
      return `there is another account of the name ${user.name}: ask an administrator`;
    }
    const fields = { fullName: user.fullName, email: user.email, isAdmin: user.isAdmin };
    const account =
      there === undefined
        ? await this.#accounts.create({ ...fields, name: user.name, source, externalId: user.id })
        : isSame(there, user)
          ? there
          : await this.#accounts.change(user.name, fields);
    await this.#groups.setForeign(account.id, source, user.groups);
    return account;
  }
}

function isSame(account: AccountRow, user: DirectoryUser): boolean {
  return (
    account.full_name === user.fullName && account.email === user.email && (account.is_admin === 1) === user.isAdmin
  );
}
