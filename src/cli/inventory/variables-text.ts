import { printableJson } from '../../diagnostics/printable-json.js';
import { Data, isMap } from '../../vars/template/template-value.js';
import { mergeTables, type VariableTable } from '../../vars/variables.js';
import { SealedValue } from './sealed-value.js';

/** Names that Ansible sets for every host itself: variables of these names are not printed. */
const internal = [
  'ansible_diff_mode',
  'ansible_config_file',
  'ansible_facts',
  'ansible_forks',
  'ansible_inventory_sources',
  'ansible_limit',
  'ansible_playbook_python',
  'ansible_run_tags',
  'ansible_skip_tags',
  'ansible_verbosity',
  'ansible_version',
  'inventory_dir',
  'inventory_file',
  'inventory_hostname',
  'inventory_hostname_short',
  'groups',
  'group_names',
  'omit',
  'playbook_dir',
];

/** Returns the values of variables by their names, without those that Ansible keeps to itself. */
export function printedVariables(...tables: readonly VariableTable[]): Readonly<Record<string, unknown>> {
  const merged = [...mergeTables(...tables)].filter(([name]) => !internal.includes(name));
  return Object.fromEntries(merged.map(([name, { value }]) => [name, value]));
}

/**
 * Returns JSON in Ansible's layout: names in order, four blanks, encrypted values and texts that are no templates
 * marked.
 */
export function jsonText(value: unknown): string {
  return printableJson(inOrder(value), 4);
}

function inOrder(value: unknown): unknown {
  if (value instanceof SealedValue) return { __ansible_vault: value.ciphertext };
  if (value instanceof Data) return { __ansible_unsafe: value.value };
  if (Array.isArray(value)) return value.map(inOrder);
  if (!isMap(value)) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, inOrder(value[name])]));
}
