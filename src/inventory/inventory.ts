import type { Place } from '../diagnostics/diagnostic.js';
import type { VariableTable } from '../vars/variables.js';

export interface InventoryHost {
  readonly name: string;
  /** All groups it is in, by their children too, sorted; without `all`. */
  readonly groups: readonly string[];
  /** all < group < host, merged; values may still be templates. */
  readonly variables: VariableTable;
  /** Tables that were merged, weakest first. */
  readonly tables: readonly VariableTable[];
  /** Place where it was named first. */
  readonly place?: Place;
  /** `localhost` that no inventory names. */
  readonly implicit: boolean;
}

export interface InventoryGroup {
  readonly name: string;
  /** Names of its hosts, its children's included, in the order of the inventory. */
  readonly hosts: readonly string[];
  /** Names of the hosts that are its own; those of `all` are the hosts that it was given itself. */
  readonly members: readonly string[];
  /** In order; `all` has every group that is nobody else's child. */
  readonly children: readonly string[];
  /** Variables of it, weakest first: in inventories, then in files beside them (not beside the site). */
  readonly tables: readonly VariableTable[];
  /** `ansible_group_priority`; 1 unless told. */
  readonly priority: number;
  /** Longest way from `all`. */
  readonly depth: number;
  readonly place?: Place;
}

/** Hosts, groups and variables of all inventories given. Maps are in the order of the files. */
export interface Inventory {
  readonly hosts: ReadonlyMap<string, InventoryHost>;
  readonly groups: ReadonlyMap<string, InventoryGroup>;
  /** The host that every inventory has without naming it, reached without ssh. */
  readonly localhost: InventoryHost;
  /** None was given: there are no hosts but this machine. */
  readonly isMissing?: boolean;
}
