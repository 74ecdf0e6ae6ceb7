import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostics } from '../diagnostics/diagnostic.js';
import { readYaml } from '../diagnostics/yaml-file.js';
import { type Layer, mergeTables, tableOf, type VariableTable } from '../vars/variables.js';
import type { Draft } from './draft.js';
import { folderOf, isYaml } from './files.js';

/** Adds what `group_vars/` and `host_vars/` beside an inventory say of its groups and hosts; others are left out, as several inventories may share the folders. */
export function readVariableFiles(inventory: string, draft: Draft, diagnostics: Diagnostics): void {
  const folder = folderOf(inventory);
  for (const { name, path } of entries(join(folder, 'group_vars'))) {
    const group = draft.groups.get(name);
    if (group === undefined) continue;
    const table = readVariables(path, name === 'all' ? 'all' : 'group', `group_vars/${name}`, diagnostics);
    group.fileVariables = mergeTables(group.fileVariables, table);
  }
  for (const { name, path } of entries(join(folder, 'host_vars'))) {
    const host = draft.hosts.get(name);
    if (host === undefined) continue;
    host.fileVariables = mergeTables(host.fileVariables, readVariables(path, 'host', `host_vars/${name}`, diagnostics));
  }
}

/** `NAME`, `NAME.yaml`, `NAME.yml` or a folder `NAME/`, by name; files before nothing else, in sorted order. */
function entries(folder: string): { name: string; path: string }[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.') && !name.endsWith('~'))
    .sort()
    .map((name) => ({ name: name.replace(/\.(ya?ml|json)$/, ''), path: join(folder, name) }));
}

function readVariables(path: string, layer: Layer, from: string, diagnostics: Diagnostics): VariableTable {
  if (statSync(path).isDirectory()) {
    const inside = readdirSync(path, { withFileTypes: true }).filter(
      (entry) => entry.isDirectory() || isYaml(entry.name) || !entry.name.includes('.'),
    );
    const names = inside.map(({ name }) => name).sort();
    return mergeTables(...names.map((name) => readVariables(join(path, name), layer, from, diagnostics)));
  }
  const source = readYaml(path, diagnostics);
  if (source === undefined || source.value === null) return new Map();
  if (typeof source.value === 'object' && !Array.isArray(source.value))
    return tableOf(source.value, source, [], layer, from);
  diagnostics.add({ code: 'wrong-type', message: 'expected a map of variables', place: source.placeOf([]) });
  return new Map();
}
