import type { Diagnostics } from '../../diagnostics/diagnostic.js';
import { describe } from '../../diagnostics/shapes/value-words.js';
import type { VariableTable } from '../../vars/variables.js';
import type { DraftGroup } from './draft.js';

const priorityName = 'ansible_group_priority';

/** Gives a group what an inventory says of it; its priority is no variable. */
export function giveGroup(group: DraftGroup, given: VariableTable, diagnostics: Diagnostics): void {
  const variables = new Map(given);
  const priority = variables.get(priorityName);
  variables.delete(priorityName);
  if (variables.size > 0) group.tables.push(variables);
  if (priority === undefined) return;
  const { value, place } = priority;
  const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number)) group.priority = number;
  else {
    const message = `${priorityName}: expected a whole number, found ${describe(value)}`;
    diagnostics.add({ code: 'wrong-type', message, place });
  }
}
