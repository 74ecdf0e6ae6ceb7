import type { Place } from '../diagnostics/diagnostic.js';
import type { VariableTable } from '../vars/variables.js';

export interface DraftGroup {
  readonly hosts: Set<string>;
  /** Children, with the place where each was named. */
  readonly children: Map<string, Place>;
  place?: Place;
  variables: VariableTable;
  /** From group_vars/: stronger than what stands in the inventory itself. */
  fileVariables: VariableTable;
}

export interface DraftHost {
  variables: VariableTable;
  fileVariables: VariableTable;
}

/** An inventory while its files are being read. */
export interface Draft {
  readonly groups: Map<string, DraftGroup>;
  readonly hosts: Map<string, DraftHost>;
}

export function draftInventory(): Draft {
  const draft: Draft = { groups: new Map(), hosts: new Map() };
  groupIn(draft, 'all');
  return draft;
}

export function groupIn(draft: Draft, name: string): DraftGroup {
  const known = draft.groups.get(name);
  if (known !== undefined) return known;
  const group: DraftGroup = { hosts: new Set(), children: new Map(), variables: new Map(), fileVariables: new Map() };
  draft.groups.set(name, group);
  return group;
}

export function hostIn(draft: Draft, name: string): DraftHost {
  const known = draft.hosts.get(name);
  if (known !== undefined) return known;
  const host: DraftHost = { variables: new Map(), fileVariables: new Map() };
  draft.hosts.set(name, host);
  return host;
}
