import { readdirSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import type { Diagnostics } from '../../diagnostics/diagnostic.js';
import { reasonOf } from '../../diagnostics/reason.js';
import { describe } from '../../diagnostics/shapes/value-words.js';
import { readYaml } from '../../diagnostics/yaml/yaml-file.js';
import type { YamlVault } from '../../diagnostics/yaml/yaml-vault.js';
import type { Pieces } from '../../text/breathe.js';
import { type Layer, tableOf, type VariableTable } from '../../vars/variables.js';
import { localNames } from '../local-names.js';
import type { Draft, VariableFolder } from './draft.js';

/**
 * Reads what `group_vars/` and `host_vars/` in a folder say of the groups and hosts of the draft. Files of
 * others are left alone, as several inventories may share the folders.
 */
export function* readVariableFolder(
  folder: string,
  draft: Draft,
  diagnostics: Diagnostics,
  vault?: YamlVault,
): Pieces<VariableFolder> {
  function* read(kind: string, names: Iterable<string>, layerOf: (name: string) => Layer) {
    const files = filesByName(join(folder, kind), diagnostics);
    const tables = new Map<string, readonly VariableTable[]>();
    for (const name of names) {
      yield;
      const paths = files.get(name) ?? [];
      if (paths.length > 0)
        tables.set(name, readNamed(paths, layerOf(name), `${kind}/${name}`, { diagnostics, vault }));
    }
    return tables;
  }
  return {
    groups: yield* read('group_vars', draft.groups.keys(), (name) => (name === 'all' ? 'all' : 'group')),
    hosts: yield* read('host_vars', new Set([...draft.hosts.keys(), ...localNames]), () => 'host'),
  };
}

interface ReadContext {
  readonly diagnostics: Diagnostics;
  readonly vault: YamlVault | undefined;
}

const extensions = ['', '.yml', '.yaml', '.json'];

/** Returns the paths of each name, in this order: `NAME` (a file or a folder), `NAME.yml`, `NAME.yaml`, `NAME.json`. */
function filesByName(folder: string, diagnostics: Diagnostics): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const present = listFolder(folder, diagnostics);
  for (const extension of extensions) {
    for (const file of present.filter((each) => each.endsWith(extension))) {
      const name = file.slice(0, file.length - extension.length);
      found.set(name, [...(found.get(name) ?? []), join(folder, file)]);
    }
  }
  return found;
}

/** Reads the only file of a name. Ansible ignores all but the first of several in silence. */
function readNamed(paths: readonly string[], layer: Layer, from: string, context: ReadContext): VariableTable[] {
  const [first = '', ...others] = paths;
  for (const other of others) {
    context.diagnostics.add({
      code: 'two-files',
      message: `${from}: this file is not read, because ${basename(first)} beside it comes first`,
      place: { file: other, line: 1, column: 1 },
      hint: `put both into the folder ${from}/, or into one file`,
    });
  }
  return readVariables(first, layer, from, context);
}

function readVariables(path: string, layer: Layer, from: string, context: ReadContext): VariableTable[] {
  const { diagnostics, vault } = context;
  if (isFolder(path)) {
    const inside = listFolder(path, diagnostics).map((name) => join(path, name));
    const read = inside.filter(
      (each) => extensions.includes(extname(each)) && !(isFolder(each) && extname(each) !== ''),
    );
    return read.flatMap((each) => readVariables(each, layer, from, context));
  }
  const source = readYaml(path, diagnostics, vault, 'ansible');
  if (source === undefined || source.value === null) return [];
  const { value } = source;
  if (typeof value !== 'object' || Array.isArray(value)) {
    const message = `${from}: expected a map of variables, found ${describe(value)}`;
    diagnostics.add({ code: 'wrong-type', message, place: source.placeOf([]), hint: 'write "name: value" lines' });
    return [];
  }
  if ('ansible_group_priority' in value) {
    diagnostics.add({
      code: 'unsupported',
      message: `${from}: ansible_group_priority has no effect here, as in Ansible`,
      place: source.placeOf(['ansible_group_priority'], 'key'),
      hint: 'write it under vars of the group in the inventory itself',
    });
  }
  return [tableOf(value, source, [], layer, from)];
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Returns what is in a folder, sorted; nothing where there is none. Hidden files and backups are left out. */
function listFolder(folder: string, diagnostics: Diagnostics): string[] {
  if (!isFolder(folder)) return [];
  try {
    return readdirSync(folder)
      .filter((name) => !name.startsWith('.') && !name.endsWith('~'))
      .sort();
  } catch (error) {
    diagnostics.add({ code: 'unreadable-file', message: `cannot read ${folder}: ${reasonOf(error)}` });
    return [];
  }
}
