import type { Diagnostics } from '../diagnostics/diagnostic.js';
import type { YamlVault } from '../diagnostics/yaml-vault.js';
import { mergeTables, type VariableTable } from '../vars/variables.js';
import { type Draft, draftInventory, groupIn } from './draft.js';
import { inventoryFiles, isHostList } from './files.js';
import { type GroupTree, groupTree } from './group-tree.js';
import type { Inventory, InventoryGroup, InventoryHost } from './inventory.js';
import { localNames } from './local-names.js';
import { readHostList, readInventoryFile } from './read-file.js';
import { readVariableFolder } from './variable-files.js';

export type { Inventory, InventoryGroup, InventoryHost } from './inventory.js';

/**
 * Reads inventories as Ansible writes them in YAML, with `group_vars/` and `host_vars/` beside each; later ones add to
 * and override earlier ones. Everything wrong is collected.
 *
 * @param paths files, folders of files, or lists of hosts that contain a comma
 * @param vault opens what is encrypted; without it, that is refused
 */
export function loadInventory(paths: readonly string[], diagnostics: Diagnostics, vault?: YamlVault): Inventory {
  const draft = draftInventory();
  for (const path of paths) {
    if (isHostList(path)) readHostList(path, draft, diagnostics);
    else for (const file of inventoryFiles(path, diagnostics)) readInventoryFile(file, draft, diagnostics, vault);
  }
  for (const path of paths)
    if (!isHostList(path)) draft.folders.push(readVariableFolder(path, draft, diagnostics, vault));
  fillUngrouped(draft);
  return finish(draft, groupTree(draft, diagnostics));
}

/** Hosts that no group but `all` has are in `ungrouped`, and no others are. */
function fillUngrouped(draft: Draft): void {
  const ungrouped = groupIn(draft, 'ungrouped').hosts;
  const grouped = new Set<string>();
  for (const [name, group] of draft.groups) {
    if (name !== 'all' && name !== 'ungrouped') for (const host of group.hosts) grouped.add(host);
  }
  for (const host of grouped) ungrouped.delete(host);
  for (const host of draft.hosts.keys()) if (!grouped.has(host)) ungrouped.add(host);
}

function finish(draft: Draft, tree: GroupTree): Inventory {
  const groups = new Map<string, InventoryGroup>();
  for (const [name, group] of draft.groups) {
    groups.set(name, {
      name,
      hosts: tree.hostsOf(name),
      children: [...group.children.keys()],
      depth: tree.depthOf(name),
      ...(group.place === undefined ? {} : { place: group.place }),
    });
  }
  const hosts = new Map<string, InventoryHost>();
  for (const [name, members] of tree.groupsOfHosts) {
    const variables = variablesOf(name, members, draft);
    hosts.set(name, { name, groups: [...members].sort(), variables, implicit: false });
  }
  return { hosts, groups, localhost: localhostOf(hosts) ?? implicitLocalhost(draft) };
}

/**
 * `all` < groups < host; within each of the three what stands in inventories is weaker than what stands in files beside
 * them. (In Ansible `group_vars/all` would also win over variables of other groups that stand in an inventory.)
 */
function variablesOf(host: string, groups: readonly string[], draft: Draft): VariableTable {
  const inline = (names: readonly string[]) => names.map((name) => draft.groups.get(name)?.variables ?? new Map());
  const files = (names: readonly string[]) =>
    draft.folders.flatMap((folder) => names.map((name) => folder.groups.get(name) ?? new Map()));
  return mergeTables(
    ...[['all'], groups].flatMap((names) => [...inline(names), ...files(names)]),
    draft.hosts.get(host)?.variables ?? new Map(),
    ...draft.folders.map((folder) => folder.hosts.get(host) ?? new Map()),
  );
}

function localhostOf(hosts: ReadonlyMap<string, InventoryHost>): InventoryHost | undefined {
  return [...hosts.values()].find((host) => localNames.includes(host.name));
}

function implicitLocalhost(draft: Draft): InventoryHost {
  const general = [...variablesOf('', [], draft)].filter(([name]) => !/^(ansible_)?connection$/.test(name));
  const local: VariableTable = new Map([['connection', { value: 'local', layer: 'host', from: 'implicit localhost' }]]);
  const own = draft.folders.map((folder) => folder.hosts.get('localhost') ?? new Map());
  return { name: 'localhost', groups: [], variables: mergeTables(new Map(general), local, ...own), implicit: true };
}
