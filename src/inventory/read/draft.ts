import type { Place } from '../../diagnostics/diagnostic.js';
import type { VariableTable } from '../../vars/variables.js';

export interface DraftGroup {
  readonly hosts: Set<string>;
  /** Children, with the place where each was named. */
  readonly children: Map<string, Place>;
  place?: Place;
  /** `ansible_group_priority`: who wins among groups of one depth. */
  priority: number;
  /** Variables of inventories; later ones win. */
  readonly tables: VariableTable[];
}

export interface DraftHost {
  /** Place where it was named first. */
  readonly place: Place | undefined;
  readonly tables: VariableTable[];
}

/** Variables in `group_vars/` and `host_vars/` of one folder, by name; later tables win. */
export interface VariableFolder {
  readonly groups: ReadonlyMap<string, readonly VariableTable[]>;
  readonly hosts: ReadonlyMap<string, readonly VariableTable[]>;
}

/** An inventory while its files are being read. */
export interface Draft {
  readonly groups: Map<string, DraftGroup>;
  readonly hosts: Map<string, DraftHost>;
  /** Names that ranges have stood for so far. */
  ofRanges: number;
  /** Beside the inventories, in their order; later ones win. */
  readonly folders: VariableFolder[];
  /** Beside the site, over those beside the inventories. */
  siteFolder?: VariableFolder;
}

/** Makes the empty inventory: `all` and `ungrouped` are in every one. */
export function draftInventory(): Draft {
  const draft: Draft = { groups: new Map(), hosts: new Map(), ofRanges: 0, folders: [] };
  groupIn(draft, 'all');
  groupIn(draft, 'ungrouped');
  return draft;
}

export function groupIn(draft: Draft, name: string): DraftGroup {
  const known = draft.groups.get(name);
  if (known !== undefined) return known;
  const group: DraftGroup = { hosts: new Set(), children: new Map(), priority: 1, tables: [] };
  draft.groups.set(name, group);
  return group;
}
