import type { Place } from '../diagnostics/diagnostic.js';
import type { VariableTable } from '../vars/variables.js';

export interface InventoryHost {
  readonly name: string;
  /** All groups it is in, by their children too, sorted; without `all`. */
  readonly groups: readonly string[];
  /** all < group < host, merged; values may still be templates. */
  readonly variables: VariableTable;
  /** `localhost` that no inventory names. */
  readonly implicit: boolean;
}

export interface InventoryGroup {
  readonly name: string;
  /** Names of its hosts, its children's included, in the order of the inventory. */
  readonly hosts: readonly string[];
  readonly children: readonly string[];
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
}
