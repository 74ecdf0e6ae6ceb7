import { describe } from '../diagnostics/check-shape.js';
import type { Diagnostics, Place } from '../diagnostics/diagnostic.js';
import { nearest } from '../diagnostics/nearest.js';
import { readYaml, type YamlPath, type YamlSource } from '../diagnostics/yaml-file.js';
import { mergeTables, tableOf } from '../vars/variables.js';
import { type Draft, groupIn, hostIn } from './draft.js';
import { expandRanges } from './ranges.js';

interface Reading {
  readonly source: YamlSource;
  readonly draft: Draft;
  readonly diagnostics: Diagnostics;
}

/** Adds the groups, hosts and variables of an inventory file. */
export function readInventoryFile(file: string, draft: Draft, diagnostics: Diagnostics): void {
  const source = readYaml(file, diagnostics);
  if (source === undefined || source.value === null) return;
  const reading = { source, draft, diagnostics };
  for (const [name, definition] of mapEntries(source.value, [], 'groups', reading))
    readGroup(name, definition, [name], reading);
}

/** Adds hosts given on the command line: `host1,host2,`. */
export function readHostList(list: string, draft: Draft, diagnostics: Diagnostics): void {
  for (const entry of list
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')) {
    for (const name of expanded(entry, undefined, diagnostics)) {
      hostIn(draft, name);
      groupIn(draft, 'all').hosts.add(name);
    }
  }
}

const groupKeys = ['hosts', 'children', 'vars'];

function readGroup(name: string, definition: unknown, path: YamlPath, reading: Reading): void {
  const { source, draft, diagnostics } = reading;
  const group = groupIn(draft, name);
  group.place ??= source.placeOf(path, 'key');
  for (const [key, value] of mapEntries(definition, path, `group "${name}"`, reading)) {
    const at = [...path, key];
    if (key === 'vars') {
      mapEntries(value, at, `vars of group "${name}"`, reading);
      if (isMap(value)) {
        const table = tableOf(value, source, at, name === 'all' ? 'all' : 'group', `group ${name}`);
        group.variables = mergeTables(group.variables, table);
      }
    } else if (key === 'children') {
      for (const [child, inner] of mapEntries(value, at, `children of group "${name}"`, reading)) {
        group.children.set(child, source.placeOf([...at, child], 'key'));
        readGroup(child, inner, [...at, child], reading);
      }
    } else if (key === 'hosts') {
      for (const [host, variables] of mapEntries(value, at, `hosts of group "${name}"`, reading)) {
        readHost(host, variables, [...at, host], group.hosts, reading);
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

function readHost(entry: string, variables: unknown, path: YamlPath, members: Set<string>, reading: Reading): void {
  const { source, draft, diagnostics } = reading;
  mapEntries(variables, path, `host "${entry}"`, reading);
  for (const name of expanded(entry, source.placeOf(path, 'key'), diagnostics)) {
    const host = hostIn(draft, name);
    members.add(name);
    if (isMap(variables))
      host.variables = mergeTables(host.variables, tableOf(variables, source, path, 'host', `host ${name}`));
  }
}

function expanded(entry: string, place: Place | undefined, diagnostics: Diagnostics): string[] {
  try {
    return expandRanges(entry);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    diagnostics.add({ code: 'range', message: `host "${entry}": ${error.message}`, place });
    return [];
  }
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mapEntries(
  value: unknown,
  path: YamlPath,
  what: string,
  { source, diagnostics }: Reading,
): [string, unknown][] {
  if (value === null || value === undefined) return [];
  if (isMap(value)) return Object.entries(value);
  const hint = Array.isArray(value) ? 'write each name as a key: "name:", without the dash' : undefined;
  diagnostics.add({
    code: 'wrong-type',
    message: `${what}: expected a map, found ${describe(value)}`,
    place: source.placeOf(path),
    hint,
  });
  return [];
}
