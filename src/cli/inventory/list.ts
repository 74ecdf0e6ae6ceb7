import type { Inventory, InventoryGroup, InventoryHost } from '../../inventory/inventory.js';
import { printedVariables } from './variables-text.js';

/**
 * Returns what inventory scripts print (`ansible-inventory --list`): each group that isn't empty with its own hosts and
 * children, and the variables of all hosts.
 *
 * @param hosts those to print; groups have no others then
 */
export function inventoryList(
  inventory: Inventory,
  hosts: ReadonlyMap<string, InventoryHost>,
): Readonly<Record<string, unknown>> {
  const groups = [...inventory.groups.values()].map((group) => [group.name, groupEntry(group, hosts)] as const);
  const variables = [...hosts.values()].map((host) => [host.name, printedVariables(host.variables)] as const);
  return {
    _meta: { hostvars: Object.fromEntries(variables.filter(([, given]) => Object.keys(given).length > 0)) },
    ...Object.fromEntries(groups.filter(([, group]) => Object.keys(group).length > 0)),
  };
}

function groupEntry({ name, members, children }: InventoryGroup, hosts: ReadonlyMap<string, InventoryHost>) {
  const own = name === 'all' ? [] : members.filter((member) => hosts.has(member));
  return { ...(children.length > 0 && { children }), ...(own.length > 0 && { hosts: own }) };
}
