import { randomUUID } from 'node:crypto';
import type { DirectoryGroup } from '../directory-user.js';
import { type DirectoryEntry, DirectoryUnavailable } from '../password-directory.js';
import type { LdapConnection } from './ldap-connection.js';
import { nameOfDn, textsOf } from './ldap-entry.js';
import { fillFilter } from './ldap-filters.js';
import type { LdapGroupSearch } from './ldap-options.js';

/** Bounds of groups in groups: a directory may have circles. */
const deepest = 10;
const mostGroups = 1000;
/** Groups that one search asks about. */
const atOnce = 25;

/** Finds the groups of a user: those that its entry names, and those that name it. @throws Error */
export async function findGroups(
  connection: LdapConnection,
  { dn, name, memberOf }: DirectoryEntry,
  search: LdapGroupSearch | undefined,
): Promise<DirectoryGroup[]> {
  const found = new Map<string, DirectoryGroup>();
  const add = (groups: readonly DirectoryGroup[]) => {
    const fresh = groups.filter((group) => !found.has(group.dn));
    for (const group of fresh) found.set(group.dn, group);
    if (found.size > mostGroups) {
      throw new DirectoryUnavailable(`${dn} is in more than ${mostGroups} groups. Narrow ldap_group_filter`);
    }
    return fresh;
  };
  let fresh = add(memberOf.map((group) => ({ dn: group, name: nameOfDn(group) })));
  if (search === undefined) return [...found.values()];
  fresh = [...fresh, ...add(await groupsWith(connection, search, [fillFilter(search.filter, { dn, name })]))];
  for (let depth = 0; search.nested && fresh.length > 0 && depth < deepest; depth += 1) {
    const filters = fresh.map((group) => fillFilter(search.filter, { dn: group.dn, name: nobody() }));
    fresh = [];
    for (let from = 0; from < filters.length; from += atOnce) {
      fresh.push(...add(await groupsWith(connection, search, filters.slice(from, from + atOnce))));
    }
  }
  return [...found.values()];
}

/** Returns a name that nobody has: a group is a member by its DN alone, and not because a user is called as it is. */
function nobody(): string {
  return `nobody-${randomUUID()}`;
}

async function groupsWith(
  connection: LdapConnection,
  { base, nameAttribute }: LdapGroupSearch,
  filters: readonly string[],
): Promise<DirectoryGroup[]> {
  const filter = filters.length === 1 ? (filters[0] ?? '') : `(|${filters.join('')})`;
  // Without a limit of ours: where the server's is reached, that is an error, and not half of the groups.
  const entries = await connection.entries(base, { scope: 'sub', filter, attributes: [nameAttribute] });
  return entries.map((entry) => ({ dn: entry.dn, name: textsOf(entry, nameAttribute)[0] ?? nameOfDn(entry.dn) }));
}
