import { resolve } from 'node:path';
import type { Diagnostics } from '../diagnostics/diagnostic.js';
import { parseYamlInPieces } from '../diagnostics/yaml/yaml-file.js';
import type { YamlVault } from '../diagnostics/yaml/yaml-vault.js';
import { atOnce, type Pieces } from '../text/breathe.js';
import { mergeTables, type VariableTable } from '../vars/variables.js';
import { folderOf, inventoryFiles, isHostList } from './files.js';
import type { Inventory, InventoryGroup, InventoryHost } from './inventory.js';
import { localNames } from './local-names.js';
import { type Draft, draftInventory, groupIn, type VariableFolder } from './read/draft.js';
import { type GroupTree, groupTree } from './read/group-tree.js';
import { filesOf, VariablesOfHosts } from './read/host-variables.js';
import { readHostList, readInventoryFile } from './read/read-file.js';
import { readYamlInventory } from './read/read-yaml.js';
import { readVariableFolder } from './read/variable-files.js';

export type { Inventory, InventoryGroup, InventoryHost } from './inventory.js';

/** An inventory as a program gives it: groups with `hosts`, `children` and `vars`, as in YAML. */
export type InventoryData = Readonly<Record<string, GroupData | null>>;

export interface GroupData {
  readonly hosts?: Readonly<Record<string, Readonly<Record<string, unknown>> | null>>;
  readonly children?: Readonly<Record<string, GroupData | null>>;
  readonly vars?: Readonly<Record<string, unknown>>;
}

/**
 * Reads inventories as Ansible does, in YAML and INI, with `group_vars/` and `host_vars/` beside each; later ones add to
 * and override earlier ones. Everything wrong is collected.
 *
 * @param given files, folders of files, lists of hosts that contain a comma, or what a file of YAML would hold
 * @param vault opens what is encrypted; without it, that is refused
 * @param siteFolder where `group_vars/` and `host_vars/` beside the site lie, which are stronger
 */
export function loadInventory(
  given: readonly (string | InventoryData)[],
  diagnostics: Diagnostics,
  vault?: YamlVault,
  siteFolder?: string,
): Inventory {
  return atOnce(loadInventoryInPieces(given, diagnostics, vault, siteFolder));
}

/** Reads inventories as {@link loadInventory} does, in pieces: thousands of hosts take a second or more. */
export function* loadInventoryInPieces(
  given: readonly (string | InventoryData)[],
  diagnostics: Diagnostics,
  vault?: YamlVault,
  siteFolder?: string,
): Pieces<Inventory> {
  const draft = draftInventory();
  for (const path of given) {
    if (typeof path !== 'string') yield* readData(path, draft, diagnostics);
    else if (isHostList(path)) readHostList(path, draft, diagnostics);
    else
      for (const file of inventoryFiles(path, diagnostics)) yield* readInventoryFile(file, draft, diagnostics, vault);
  }
  const paths = given.filter((path) => typeof path === 'string');
  yield* readFolders(paths, siteFolder, draft, diagnostics, vault);
  fillUngrouped(draft);
  yield;
  const inventory = yield* finish(draft, groupTree(draft, diagnostics), diagnostics);
  return given.length === 0 ? { ...inventory, isMissing: true } : inventory;
}

function* readData(data: InventoryData, draft: Draft, diagnostics: Diagnostics): Pieces<void> {
  const source = yield* parseYamlInPieces('inventory', JSON.stringify(data, undefined, 2), diagnostics);
  if (source !== undefined) yield* readYamlInventory(source, draft, diagnostics);
}

/** Inventories that lie in one folder share what is beside them; so may a site. */
function* readFolders(
  paths: readonly string[],
  siteFolder: string | undefined,
  draft: Draft,
  diagnostics: Diagnostics,
  vault: YamlVault | undefined,
): Pieces<void> {
  const read = new Map<string, VariableFolder>();
  function* folder(path: string): Pieces<VariableFolder> {
    const known = read.get(path) ?? (yield* readVariableFolder(path, draft, diagnostics, vault));
    read.set(path, known);
    return known;
  }
  for (const path of paths) if (!isHostList(path)) draft.folders.push(yield* folder(folderOf(path)));
  if (siteFolder !== undefined) draft.siteFolder = yield* folder(resolve(siteFolder));
}

/** Puts hosts that no group but `all` has into `ungrouped`, and no others. */
function fillUngrouped(draft: Draft): void {
  const ungrouped = groupIn(draft, 'ungrouped').hosts;
  const grouped = new Set<string>();
  for (const [name, group] of draft.groups) {
    if (name !== 'all' && name !== 'ungrouped') for (const host of group.hosts) grouped.add(host);
  }
  for (const host of grouped) ungrouped.delete(host);
  for (const host of draft.hosts.keys()) if (!grouped.has(host)) ungrouped.add(host);
}

function* finish(draft: Draft, tree: GroupTree, diagnostics: Diagnostics): Pieces<Inventory> {
  const groups = new Map<string, InventoryGroup>();
  for (const [name, group] of draft.groups) {
    groups.set(name, {
      name,
      hosts: tree.hostsOf(name),
      members: [...group.hosts],
      children: tree.childrenOf(name),
      tables: [...group.tables, ...draft.folders.flatMap((folder) => folder.groups.get(name) ?? [])],
      priority: group.priority,
      depth: tree.depthOf(name),
      ...(group.place === undefined ? {} : { place: group.place }),
    });
  }
  const variables = new VariablesOfHosts(draft, diagnostics);
  const hosts = new Map<string, InventoryHost>();
  for (const [name, members] of tree.groupsOfHosts) {
    yield;
    const place = draft.hosts.get(name)?.place;
    const groups = [...members].sort();
    hosts.set(name, { name, groups, ...variables.of(name, members), ...(place && { place }), implicit: false });
  }
  return { hosts, groups, localhost: localhostOf(hosts) ?? implicitLocalhost(draft, variables.of('', []).tables) };
}

function localhostOf(hosts: ReadonlyMap<string, InventoryHost>): InventoryHost | undefined {
  return [...hosts.values()].find((host) => localNames.includes(host.name));
}

function implicitLocalhost(draft: Draft, ofAll: readonly VariableTable[]): InventoryHost {
  const local: VariableTable = new Map([
    ['ansible_connection', { value: 'local', layer: 'host', from: 'implicit localhost' }],
  ]);
  const general = ofAll.map(
    (table): VariableTable => new Map([...table].filter(([name]) => !/^(ansible_)?connection$/.test(name))),
  );
  const tables = [...general, local, ...filesOf(draft, 'hosts', ['localhost'])];
  return { name: 'localhost', groups: [], variables: mergeTables(...tables), tables, implicit: true };
}
