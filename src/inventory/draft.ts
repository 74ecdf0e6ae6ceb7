import type { Place } from '../diagnostics/diagnostic.js';
import type { VariableTable } from '../vars/variables.js';

export interface DraftGroup {
  readonly hosts: Set<string>;
  /** Children, with the place where each was named. */
  readonly children: Map<string, Place>;
  place?: Place;
  /** `ansible_group_priority`: who wins among groups of one depth. */
  priority: number;
  variables: VariableTable;
}

export interface DraftHost {
  variables: VariableTable;
}

/** What `group_vars/` and `host_vars/` beside one inventory say, by name. */
export interface VariableFolder {
  readonly groups: ReadonlyMap<string, VariableTable>;
  readonly hosts: ReadonlyMap<string, VariableTable>;
}

/** An inventory while its files are being read. */
export interface Draft {
  readonly groups: Map<string, DraftGroup>;
  readonly hosts: Map<string, DraftHost>;
  /** In the order of the inventories; later ones win. */
  readonly folders: VariableFolder[];
}

/** The empty inventory: `all` and `ungrouped` are in every one. */
export function draftInventory(): Draft {
  const draft: Draft = { groups: new Map(), hosts: new Map(), folders: [] };
  groupIn(draft, 'all');
  groupIn(draft, 'ungrouped');
  return draft;
}

export function groupIn(draft: Draft, name: string): DraftGroup {
  const known = draft.groups.get(name);
  if (known !== undefined) return known;
  const group: DraftGroup = { hosts: new Set(), children: new Map(), priority: 1, variables: new Map() };
  draft.groups.set(name, group);
  return group;
}

export function hostIn(draft: Draft, name: string): DraftHost {
  const known = draft.hosts.get(name);
  if (known !== undefined) return known;
  const host: DraftHost = { variables: new Map() };
  draft.hosts.set(name, host);
  return host;
}
