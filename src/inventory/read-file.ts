import { readFileSync } from 'node:fs';
import { Diagnostics, type Place } from '../diagnostics/diagnostic.js';
import { nearest } from '../diagnostics/nearest.js';
import { describe } from '../diagnostics/value-words.js';
import { readYaml, type YamlPath, type YamlSource } from '../diagnostics/yaml-file.js';
import type { YamlVault } from '../diagnostics/yaml-vault.js';
import { mergeTables, tableOf, type VariableTable } from '../vars/variables.js';
import { type Draft, groupIn, hostIn } from './draft.js';
import { splitPort } from './host-port.js';
import { expandRanges } from './ranges.js';

interface Reading {
  readonly source: YamlSource;
  readonly draft: Draft;
  readonly diagnostics: Diagnostics;
}

/** Adds the groups, hosts and variables of an inventory file. */
export function readInventoryFile(file: string, draft: Draft, diagnostics: Diagnostics, vault?: YamlVault): void {
  const found = new Diagnostics();
  const source = readYaml(file, found, vault);
  const other = notPlainYaml(file, source);
  for (const mistake of other === undefined ? found.all : [other]) diagnostics.add(mistake);
  if (source === undefined || source.value === null || other !== undefined) return;
  const reading = { source, draft, diagnostics };
  for (const [name, definition] of entriesOf(source.value, [], 'an inventory', reading))
    readGroup(name, definition, [name], reading);
}

/** Adds hosts given on the command line: `host1,host2,`. */
export function readHostList(list: string, draft: Draft, diagnostics: Diagnostics): void {
  for (const entry of list.split(',').map((each) => each.trim())) {
    if (entry !== '') addHosts(entry, undefined, new Map(), groupIn(draft, 'all').hosts, draft, diagnostics);
  }
}

/** Inventories that Ansible reads too, but that aren't plain YAML, are told apart from mistakes in YAML. */
function notPlainYaml(file: string, source: YamlSource | undefined) {
  const hint = `ansible-inventory -i ${file} --list --yaml --export writes it as plain YAML`;
  const place = { file, line: 1, column: 1 };
  const value = source?.value;
  if (typeof value === 'object' && value !== null && 'plugin' in value && typeof value.plugin === 'string')
    return { code: 'unsupported', message: 'inventory plugins are not supported', place, hint } as const;
  if (source !== undefined && !Array.isArray(value) && typeof value !== 'string') return undefined;
  const first = textOf(file)
    .split('\n')
    .find((line) => /^\s*[^\s#;]/.test(line));
  if (first === undefined || !/^\s*\[[\w.-]+(:\w+)?\]\s*([#;].*)?$/.test(first)) return undefined;
  return {
    code: 'unsupported',
    message: 'inventories are written in YAML, and this looks like INI',
    place,
    hint,
  } as const;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

const groupKeys = ['hosts', 'children', 'vars'];

function readGroup(name: string, definition: unknown, path: YamlPath, reading: Reading): void {
  const { source, draft, diagnostics } = reading;
  const group = groupIn(draft, name);
  group.place ??= source.placeOf(path, 'key');
  for (const [key, value] of entriesOf(definition, path, `group "${name}"`, reading)) {
    const at = [...path, key];
    if (key === 'vars') {
      const given = Object.fromEntries(entriesOf(value, at, `vars of group "${name}"`, reading));
      const { ansible_group_priority: priority, ...variables } = given;
      if (priority !== undefined) group.priority = readPriority(priority, at, reading) ?? group.priority;
      const table = tableOf(variables, source, at, name === 'all' ? 'all' : 'group', `group ${name}`);
      group.variables = mergeTables(group.variables, table);
    } else if (key === 'children') {
      for (const [child, inner] of entriesOf(oneOrMore(value), at, `children of group "${name}"`, reading)) {
        group.children.set(child, source.placeOf([...at, child], 'key'));
        readGroup(child, inner, [...at, child], reading);
      }
    } else if (key === 'hosts') {
      for (const [entry, given] of entriesOf(oneOrMore(value), at, `hosts of group "${name}"`, reading)) {
        const here = [...at, entry];
        const variables = Object.fromEntries(entriesOf(given, here, `host "${entry}"`, reading));
        const table = tableOf(variables, source, here, 'host', `host ${entry}`);
        addHosts(entry, source.placeOf(here, 'key'), table, group.hosts, draft, diagnostics);
      }
    } else {
      const near = nearest(key, groupKeys);
      diagnostics.add({
        code: 'unknown-key',
        message: `group "${name}": unknown key "${key}"`,
        place: source.placeOf(at, 'key'),
        hint: `${near === undefined ? '' : `did you mean "${near}"? `}expected hosts, children or vars`,
      });
    }
  }
}

function addHosts(
  entry: string,
  place: Place | undefined,
  variables: VariableTable,
  members: Set<string>,
  draft: Draft,
  diagnostics: Diagnostics,
): void {
  const { pattern, port } = splitPort(entry);
  const ofEntry: VariableTable =
    port === undefined
      ? new Map()
      : new Map([['ansible_port', { value: port, layer: 'host', from: `host ${entry}`, ...(place && { place }) }]]);
  try {
    for (const name of expandRanges(pattern)) {
      const host = hostIn(draft, name);
      members.add(name);
      host.variables = mergeTables(host.variables, ofEntry, variables);
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    diagnostics.add({ code: 'range', message: `host "${entry}": ${error.message}`, place });
  }
}

function readPriority(value: unknown, at: YamlPath, { source, diagnostics }: Reading): number | undefined {
  const priority = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  if (typeof priority === 'number' && Number.isInteger(priority)) return priority;
  diagnostics.add({
    code: 'wrong-type',
    message: `ansible_group_priority: expected a whole number, found ${describe(value)}`,
    place: source.placeOf([...at, 'ansible_group_priority']),
  });
  return undefined;
}

/** `hosts: web1` is short for a map with that one name. */
function oneOrMore(value: unknown): unknown {
  return typeof value === 'string' ? { [value]: null } : value;
}

function entriesOf(
  value: unknown,
  path: YamlPath,
  what: string,
  { source, diagnostics }: Reading,
): [string, unknown][] {
  if (value === null || value === undefined) return [];
  if (typeof value === 'object' && !Array.isArray(value)) return Object.entries(value);
  const hint = Array.isArray(value) ? 'write each name as a key: "name:", without the dash' : undefined;
  diagnostics.add({
    code: 'wrong-type',
    message: `${what}: expected a map, found ${describe(value)}`,
    place: source.placeOf(path),
    hint,
  });
  return [];
}
