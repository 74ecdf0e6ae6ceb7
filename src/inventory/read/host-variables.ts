import type { Diagnostic, Diagnostics } from '../../diagnostics/diagnostic.js';
import { mergeTables, type VariableTable } from '../../vars/variables.js';
import type { Draft } from './draft.js';

/** Variables of a host: what was merged, weakest first, and what came of it. */
export interface HostVariables {
  readonly tables: readonly VariableTable[];
  readonly variables: VariableTable;
}

/**
 * Variables of all hosts together at most, those that hosts share counted once: thousands of hosts with hundreds of
 * variables have a few million. But a range is a line, and so is a variable of a group.
 */
const mostVariables = 10_000_000;

function tooMany(most: number): Diagnostic {
  const message = `the hosts of the inventory have more than ${most} variables in all`;
  return { code: 'range', message, hint: 'take variables out of groups with many hosts, or split the inventory' };
}

/** Merges the variables of each host of an inventory. */
export class VariablesOfHosts {
  readonly #draft: Draft;
  readonly #diagnostics: Diagnostics;
  readonly #most: number;
  #last: { readonly groups: readonly string[]; readonly shared: HostVariables } | undefined;
  #count = 0;

  constructor(draft: Draft, diagnostics: Diagnostics, most: number = mostVariables) {
    this.#draft = draft;
    this.#diagnostics = diagnostics;
    this.#most = most;
  }

  /**
   * Returns a host's variables in Ansible's order. Weakest is what inventories say of `all`, then of the other groups;
   * then files beside them on these, those of the site last; then the same of the host. (So `group_vars/all` wins over
   * a group's variables in an inventory.)
   */
  of(host: string, groups: readonly string[]): HostVariables {
    const shared = this.#sharedBy(groups);
    const own = [...(this.#draft.hosts.get(host)?.tables ?? []), ...filesOf(this.#draft, 'hosts', [host])];
    return own.length === 0 ? shared : this.#merged([...shared.tables, ...distinct(own)], shared.variables, own);
  }

  /** Returns the variables of all groups of a host: hosts that follow each other have mostly the same groups. */
  #sharedBy(groups: readonly string[]): HostVariables {
    const last = this.#last;
    if (last?.groups.length === groups.length && last.groups.every((group, at) => group === groups[at]))
      return last.shared;
    const inline = (names: readonly string[]) => names.flatMap((name) => this.#draft.groups.get(name)?.tables ?? []);
    const tables = distinct([
      ...inline(['all']),
      ...inline(groups),
      ...filesOf(this.#draft, 'groups', ['all']),
      ...filesOf(this.#draft, 'groups', groups),
    ]);
    const shared = this.#merged(tables, new Map(), tables);
    this.#last = { groups, shared };
    return shared;
  }

  #merged(tables: readonly VariableTable[], below: VariableTable, above: readonly VariableTable[]): HostVariables {
    const before = this.#count;
    for (const { size } of [below, ...above]) this.#count += size;
    if (this.#count <= this.#most) return { tables, variables: mergeTables(below, ...above) };
    if (before <= this.#most) this.#diagnostics.add(tooMany(this.#most));
    return { tables, variables: new Map() };
  }
}

/** Returns the variables that files give to groups or hosts: those beside the site last. */
export function filesOf(draft: Draft, kind: 'groups' | 'hosts', names: readonly string[]): VariableTable[] {
  const folders = draft.siteFolder === undefined ? draft.folders : [...draft.folders, draft.siteFolder];
  return folders.flatMap((folder) => names.flatMap((name) => folder[kind].get(name) ?? []));
}

/**
 * Removes tables that are there twice: a folder may be beside the site and beside an inventory, and counts where it is
 * strongest.
 */
function distinct(tables: readonly VariableTable[]): VariableTable[] {
  return [...new Set(tables.toReversed())].toReversed();
}
