import type { Diagnostics } from '../../diagnostics/diagnostic.js';
import { nearest } from '../../diagnostics/nearest.js';
import { describe } from '../../diagnostics/shapes/value-words.js';
import type { YamlPath, YamlSource } from '../../diagnostics/yaml/yaml-file.js';
import type { Pieces } from '../../text/breathe.js';
import { type Layer, tableOf, type VariableTable } from '../../vars/variables.js';
import { addHosts } from './add-hosts.js';
import { type Draft, groupIn } from './draft.js';
import { giveGroup } from './group-variables.js';

interface ReadContext {
  readonly source: YamlSource;
  readonly draft: Draft;
  readonly diagnostics: Diagnostics;
}

/** Adds the groups, hosts and variables of an inventory in YAML. */
export function* readYamlInventory(source: YamlSource, draft: Draft, diagnostics: Diagnostics): Pieces<void> {
  const context = { source, draft, diagnostics };
  for (const [name, definition] of entriesOf(source.value, [], 'an inventory', context))
    yield* readGroup(name, definition, [name], context);
}

const groupKeys = ['hosts', 'children', 'vars'];

function* readGroup(name: string, definition: unknown, path: YamlPath, context: ReadContext): Pieces<void> {
  const { source, draft, diagnostics } = context;
  const group = groupIn(draft, name);
  group.place ??= source.placeOf(path, 'key');
  for (const [key, value] of entriesOf(definition, path, `group "${name}"`, context)) {
    const at = [...path, key];
    if (key === 'vars') {
      const given = Object.fromEntries(entriesOf(value, at, `vars of group "${name}"`, context));
      const layer = name === 'all' ? 'all' : 'group';
      giveGroup(group, inventoryTable(given, source, at, layer, `group ${name}`), diagnostics);
    } else if (key === 'children') {
      for (const [child, inner] of entriesOf(oneOrMore(value), at, `children of group "${name}"`, context)) {
        group.children.set(child, source.placeOf([...at, child], 'key'));
        yield* readGroup(child, inner, [...at, child], context);
      }
    } else if (key === 'hosts') {
      for (const [entry, given] of entriesOf(oneOrMore(value), at, `hosts of group "${name}"`, context)) {
        yield;
        const here = [...at, entry];
        const values = Object.fromEntries(entriesOf(given, here, `host "${entry}"`, context));
        const variables = inventoryTable(values, source, here, 'host', `host ${entry}`);
        addHosts({ entry, place: source.placeOf(here, 'key'), variables }, group.hosts, draft, diagnostics);
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

/** Returns variables that an inventory itself gives. */
function inventoryTable(
  values: Readonly<Record<string, unknown>>,
  source: YamlSource,
  path: YamlPath,
  layer: Layer,
  from: string,
): VariableTable {
  const table = tableOf(values, source, path, layer, from);
  return new Map([...table].map(([name, variable]) => [name, { ...variable, isOfInventory: true }]));
}

/** Returns a map: `hosts: web1` is short for one with that one name. */
function oneOrMore(value: unknown): unknown {
  return typeof value === 'string' ? { [value]: null } : value;
}

function entriesOf(
  value: unknown,
  path: YamlPath,
  what: string,
  { source, diagnostics }: ReadContext,
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
