import type { Filter, SearchOptions } from 'ldapts';
import type { DirectoryGroup } from '../directory-user.js';
import type { DirectoryEntry, FoundEntry, PasswordDirectory } from '../password-directory.js';
import { type LdapConnection, ldapResult } from './ldap-connection.js';
import { readLdapEntry } from './ldap-entry.js';
import { anybodysFilter, checkFilter, fillFilter } from './ldap-filters.js';
import { findGroups } from './ldap-groups.js';
import type { LdapOptions } from './ldap-options.js';
import { LdapServers } from './ldap-servers.js';

const noSuchObject = 32;

/** Directory of LDAP. */
export class LdapDirectory implements PasswordDirectory {
  readonly #options: LdapOptions;
  readonly #servers: LdapServers;

  private constructor(options: LdapOptions) {
    this.#options = options;
    this.#servers = new LdapServers(options);
  }

  /** Contacts nobody yet: a service starts while its directory is down. @throws Error for a filter that can't be read */
  static async open(options: LdapOptions): Promise<LdapDirectory> {
    const { FilterParser } = await import('ldapts');
    checkFilter(FilterParser, 'ldap_user_filter', options.userFilter, ['name']);
    if (options.groupSearch !== undefined) {
      checkFilter(FilterParser, 'ldap_group_filter', options.groupSearch.filter, ['dn', 'name']);
    }
    return new LdapDirectory(options);
  }

  async find(name: string): Promise<FoundEntry> {
    const { base, scope, userFilter } = this.#options;
    const filter = fillFilter(userFilter, { name });
    // Two are enough to know that a name means nobody.
    const entries = await this.#servers.bySearcher((connection) =>
      this.#users(connection, base, { scope, filter, sizeLimit: 2 }),
    );
    return entries.length > 1 ? 'several' : entries[0];
  }

  async findAgain(id: string): Promise<DirectoryEntry | undefined> {
    const { base, scope, userFilter, attributes } = this.#options;
    const { AndFilter, EqualityFilter, FilterParser } = await import('ldapts');
    const anybody: Filter = FilterParser.parseString(anybodysFilter(userFilter));
    const [kind = '', value] = [id.split(':', 1)[0], id.slice(id.indexOf(':') + 1)];
    const entries = await this.#servers.bySearcher(async (connection) => {
      if (kind === 'dn') return await this.#users(connection, value, { scope: 'base', filter: anybody });
      const same = new EqualityFilter({
        attribute: attributes.id,
        value: Buffer.from(value, kind === 'hex' ? 'hex' : 'utf8'),
      });
      const filter = new AndFilter({ filters: [same, anybody] });
      return await this.#users(connection, base, { scope, filter });
    });
    return entries.find((entry) => entry.id === id);
  }

  async checkPassword(entry: DirectoryEntry, password: string): Promise<'right' | 'wrong' | 'refused'> {
    return await this.#servers.bind(entry.dn, password);
  }

  async groupsOf(entry: DirectoryEntry): Promise<readonly DirectoryGroup[]> {
    const { groupSearch } = this.#options;
    return await this.#servers.bySearcher((connection) => findGroups(connection, entry, groupSearch));
  }

  async close(): Promise<void> {
    await this.#servers.close();
  }

  async #users(connection: LdapConnection, base: string, options: SearchOptions): Promise<DirectoryEntry[]> {
    const { attributes } = this.#options;
    const { name, fullName, email, id, memberOf } = attributes;
    const wanted = [name, fullName, email, id, ...(memberOf === undefined ? [] : [memberOf])];
    try {
      const found = await connection.entries(base, { ...options, attributes: [...new Set(wanted)] });
      return found.map((entry) => readLdapEntry(entry, attributes));
    } catch (error) {
      // The entry of a DN is gone. The base of all searches never is: that would be a wrong option.
      if (options.scope === 'base' && ldapResult(error) === noSuchObject) return [];
      throw error;
    }
  }
}
