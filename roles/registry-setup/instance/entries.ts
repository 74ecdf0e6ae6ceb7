import type { InstanceEntry } from '../vars/instance.js';
import type { RegistryVars } from '../vars/role-vars.js';

/** One of several registries of a host, and where it is written. */
export interface PlacedEntry {
  readonly entry: InstanceEntry;
  readonly path: readonly [string, number];
}

/** Returns the entries of a host's registries: the site's, then those that a service manages; undefined: there is one, without an entry. */
export function instanceEntries(
  vars: Pick<RegistryVars, 'registry_instances' | 'registry_managed'>,
): readonly PlacedEntry[] | undefined {
  if (vars.registry_instances === undefined && vars.registry_managed === undefined) return undefined;
  const of = (name: 'registry_instances' | 'registry_managed') =>
    (vars[name] ?? []).map((entry, index): PlacedEntry => ({ entry, path: [name, index] }));
  return [...of('registry_instances'), ...of('registry_managed')];
}
