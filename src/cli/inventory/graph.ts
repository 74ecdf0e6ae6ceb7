import { type Diagnostic, InputError } from '../../diagnostics/diagnostic.js';
import { visibleLine } from '../../diagnostics/printable.js';
import type { Inventory, InventoryGroup } from '../../inventory/inventory.js';
import type { VariableTable } from '../../vars/variables.js';
import { pythonWords } from './python-words.js';
import { printedVariables } from './variables-text.js';

/** Largest number of lines of a tree: a group is in it once for each way that leads there. */
const mostLines = 500_000;

/**
 * Prints the tree of groups, children and hosts as `ansible-inventory --graph` does.
 *
 * @param vars their variables as well
 * @throws InputError where it would have more than half a million lines
 */
export function inventoryGraph(top: InventoryGroup, inventory: Inventory, vars: boolean): string {
  const lines: string[] = [];
  const add = (...more: readonly string[]) => {
    for (const line of more) lines.push(line);
    if (lines.length > mostLines) throw new InputError([tooLarge]);
  };
  const branch = (group: InventoryGroup, depth: number): void => {
    add(at(depth, `@${group.name}:`));
    for (const name of group.children) {
      const child = inventory.groups.get(name);
      if (child !== undefined) branch(child, depth + 1);
    }
    for (const name of group.name === 'all' ? [] : group.members) {
      const host = inventory.hosts.get(name);
      if (host === undefined) continue;
      add(at(depth + 1, host.name), ...(vars ? variableLines(depth + 2, [host.variables]) : []));
    }
    if (vars) add(...variableLines(depth + 1, [...group.tables, priorityOf(group)]));
  };
  branch(top, 0);
  return lines.join('\n');
}

const tooLarge: Diagnostic = {
  code: 'group-cycle',
  message: `the tree of groups has more than ${mostLines} lines, as groups are children of many others`,
  hint: 'start further down: --graph GROUP',
};

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
