import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import type { InventoryHost } from '../../inventory/inventory.js';
import type { Variable } from '../../vars/variables.js';

/** Names whose values no two hosts have in common. */
const ownNames = ['inventory_hostname', 'inventory_hostname_short', 'hostvars'];

/** Result of a host's check: what it reports, and what it read for that. */
interface Checked {
  readonly host: InventoryHost;
  readonly reads: readonly string[];
  readonly errors: readonly Diagnostic[];
}

/**
 * Checks of the hosts of a play that are worth another: a host with the same variables under all names that the check of
 * another has read comes to the same errors.
 */
export class EqualHosts {
  /** By the names of a host's variables: a name that is missing is read as well. */
  readonly #checked = new Map<string, Checked[]>();

  /** Returns the errors of a host that is equal to it; undefined for none. */
  errorsOf(host: InventoryHost): readonly Diagnostic[] | undefined {
    return this.#checked.get(namesOf(host))?.find((checked) => isEqual(checked, host))?.errors;
  }

  /** Keeps what the check of a host has read and reported. */
  keep(host: InventoryHost, reads: ReadonlySet<string>, errors: readonly Diagnostic[]): void {
    if (ownNames.some((name) => reads.has(name))) return;
    const names = namesOf(host);
    const group = this.#checked.get(names) ?? [];
    // Where each is another, the comparison would cost more than the check.
    if (group.length < mostKinds) group.push({ host, reads: [...reads], errors });
    this.#checked.set(names, group);
  }
}

const mostKinds = 20;

function isEqual({ host, reads, errors }: Checked, other: InventoryHost): boolean {
  if (reads.includes('group_names') && host.groups.join() !== other.groups.join()) return false;
  return reads.every((name) => isSame(host.variables.get(name), other.variables.get(name), errors.length === 0));
}

/**
 * Tells whether two hosts have the same variable: their group's, or a number or text of their own that is alike. An error
 * may tell where a variable comes from.
 */
function isSame(one: Variable | undefined, other: Variable | undefined, isRight: boolean): boolean {
  if (one === other) return true;
  if (one === undefined || other === undefined || typeof one.value === 'object') return false;
  const isOfSameKind = one.layer === other.layer && one.isOfInventory === other.isOfInventory;
  return (
    one.value === other.value && one.written === other.written && isOfSameKind && (isRight || one.from === other.from)
  );
}

function namesOf({ variables }: InventoryHost): string {
  return [...variables.keys()].sort().join('\0');
}
