import type { Diagnostics } from '../diagnostics/diagnostic.js';
import { mergeTables, type VariableTable } from '../vars/variables.js';
import { type Draft, draftInventory } from './draft.js';
import { inventoryFiles, isHostList } from './files.js';
import { depths } from './group-depth.js';
import type { Inventory, InventoryGroup, InventoryHost } from './inventory.js';
import { readHostList, readInventoryFile } from './read-file.js';
import { readVariableFiles } from './variable-files.js';

export type { Inventory, InventoryGroup, InventoryHost } from './inventory.js';

/**
 * Reads inventories as Ansible writes them in YAML, with `group_vars/` and `host_vars/` beside each; later ones add to
 * and override earlier ones. Everything wrong is collected.
 *
 * @param paths files, folders of files, or lists of hosts that contain a comma
 */
export function loadInventory(paths: readonly string[], diagnostics: Diagnostics): Inventory {
  const draft = draftInventory();
  for (const path of paths) {
    if (isHostList(path)) readHostList(path, draft, diagnostics);
    else for (const file of inventoryFiles(path, diagnostics)) readInventoryFile(file, draft, diagnostics);
  }
  for (const path of paths) if (!isHostList(path)) readVariableFiles(path, draft, diagnostics);
  return finish(draft, diagnostics);
}

function finish(draft: Draft, diagnostics: Diagnostics): Inventory {
  const depthOf = depths(draft, diagnostics);
  const hostsOf = new Map([...draft.groups.keys()].map((name) => [name, hostsBelow(name, draft)]));
  const groups = new Map<string, InventoryGroup>();
  for (const [name, group] of draft.groups) {
    const below = name === 'all' ? new Set(draft.hosts.keys()) : (hostsOf.get(name) ?? new Set());
    groups.set(name, {
      name,
      hosts: [...below],
      children: [...group.children.keys()],
      depth: depthOf.get(name) ?? 1,
      ...(group.place === undefined ? {} : { place: group.place }),
    });
  }
  const byRank = [...draft.groups.keys()].filter((name) => name !== 'all').sort(byDepthPriorityName(draft, depthOf));
  const allTable = tableOfGroup('all', draft);
  const hosts = new Map<string, InventoryHost>();
  for (const [name, host] of draft.hosts) {
    const member = byRank.filter((group) => hostsOf.get(group)?.has(name));
    const variables = mergeTables(
      allTable,
      ...member.map((group) => tableOfGroup(group, draft)),
      host.variables,
      host.fileVariables,
    );
    hosts.set(name, { name, groups: [...member].sort(), variables, implicit: false });
  }
  const localhost = hosts.get('localhost') ?? implicitLocalhost(allTable);
  return { hosts, groups, localhost };
}

function implicitLocalhost(all: VariableTable): InventoryHost {
  const local: VariableTable = new Map([['connection', { value: 'local', layer: 'host', from: 'implicit localhost' }]]);
  const variables = mergeTables(new Map([...all].filter(([name]) => name !== 'ansible_connection')), local);
  return { name: 'localhost', groups: [], variables, implicit: true };
}

function tableOfGroup(name: string, draft: Draft): VariableTable {
  const group = draft.groups.get(name);
  return group === undefined ? new Map() : mergeTables(group.variables, group.fileVariables);
}

function hostsBelow(name: string, draft: Draft, seen = new Set<string>()): Set<string> {
  const group = draft.groups.get(name);
  if (group === undefined || seen.has(name)) return new Set();
  seen.add(name);
  return new Set([
    ...group.hosts,
    ...[...group.children.keys()].flatMap((child) => [...hostsBelow(child, draft, seen)]),
  ]);
}

/** Ansible's order: deeper groups win, then a higher `ansible_group_priority`, then the later name. */
function byDepthPriorityName(draft: Draft, depthOf: ReadonlyMap<string, number>) {
  const priority = (name: string) => Number(tableOfGroup(name, draft).get('ansible_group_priority')?.value ?? 1);
  return (a: string, b: string) =>
    (depthOf.get(a) ?? 0) - (depthOf.get(b) ?? 0) || priority(a) - priority(b) || (a < b ? -1 : a > b ? 1 : 0);
}
