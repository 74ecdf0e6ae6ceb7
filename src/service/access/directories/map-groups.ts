import { userNameProblem } from '../accounts/account-names.js';
import type { ForeignGroup } from '../accounts/groups.js';
import type { DirectoryGroup } from './directory-user.js';

/** Mapping of a directory's groups to those of the service. */
export interface GroupRules {
  /** Name or DN there → name here. Undefined: each by its own name. */
  readonly map: Readonly<Record<string, string>> | undefined;
  /** Name or DN of the group whose members administer the service; undefined: the directory makes no administrators. */
  readonly adminGroup: string | undefined;
}

/** Groups of the service that a directory's user belongs to. */
export interface MappedGroups {
  readonly groups: readonly ForeignGroup[];
  /** Undefined: the service decides. */
  readonly isAdmin: boolean | undefined;
}

/** Maps the groups of a directory's user. Case and blanks don't count; a name that no group can have is left out. */
export function mapGroups(found: readonly DirectoryGroup[], { map, adminGroup }: GroupRules): MappedGroups {
  const keys = new Set(found.flatMap(({ name, dn }) => [groupKey(name), groupKey(dn)]).filter((key) => key !== ''));
  const isAdmin = adminGroup === undefined ? undefined : keys.has(groupKey(adminGroup));
  if (map !== undefined) {
    const names = Object.entries(map).flatMap(([key, name]) => (keys.has(groupKey(key)) ? [name] : []));
    return { groups: unique(names).map((name) => ({ name, isMapped: true })), isAdmin };
  }
  const names = found.map(({ name }) => groupKey(name)).filter((name) => userNameProblem(name) === undefined);
  return { groups: unique(names).map((name) => ({ name, isMapped: false })), isAdmin };
}

/** Returns a group's name or DN in the form in which two of them are compared. */
function groupKey(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .trim()
    .replaceAll(/\s*([,=+])\s*/g, '$1');
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
