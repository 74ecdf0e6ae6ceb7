import { visibleLine } from '../../diagnostics/printable.js';
import type { Inventory, InventoryGroup } from '../../inventory/inventory.js';
import type { VariableTable } from '../../vars/variables.js';
import { pythonWords } from './python-words.js';
import { printedVariables } from './variables-text.js';

/** The tree of groups, children and hosts that `ansible-inventory --graph` prints. @param vars their variables as well */
export function inventoryGraph(top: InventoryGroup, inventory: Inventory, vars: boolean): string {
  const branch = (group: InventoryGroup, depth: number): string[] => {
    const children = group.children.flatMap((name) => inventory.groups.get(name) ?? []);
    const members = group.name === 'all' ? [] : group.members.flatMap((name) => inventory.hosts.get(name) ?? []);
    return [
      at(depth, `@${group.name}:`),
      ...children.flatMap((child) => branch(child, depth + 1)),
      ...members.flatMap((host) => [
        at(depth + 1, host.name),
        ...(vars ? variableLines(depth + 2, [host.variables]) : []),
      ]),
      ...(vars ? variableLines(depth + 1, [...group.tables, priorityOf(group)]) : []),
    ];
  };
  return branch(top, 0).join('\n');
}

function variableLines(depth: number, tables: readonly VariableTable[]): string[] {
  const variables = Object.entries(printedVariables(...tables)).sort(([a], [b]) => (a < b ? -1 : 1));
  return variables.map(([name, value]) => at(depth, `{${name} = ${pythonWords(value)}}`));
}

function priorityOf({ priority }: InventoryGroup): VariableTable {
  if (priority === 1) return new Map();
  return new Map([['ansible_group_priority', { value: priority, layer: 'group', from: 'its priority' }]]);
}

function at(depth: number, text: string): string {
  return visibleLine(depth === 0 ? text : `${'  |'.repeat(depth)}--${text}`);
}
