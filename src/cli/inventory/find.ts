import type { Diagnostics } from '../../diagnostics/diagnostic.js';
import { InputError } from '../../diagnostics/diagnostic.js';
import { nearest } from '../../diagnostics/nearest.js';
import type { Inventory, InventoryGroup, InventoryHost } from '../../inventory/inventory.js';
import { localNames } from '../../inventory/local-names.js';
import { selectHosts } from '../../inventory/patterns.js';
import { splitPattern } from '../../inventory/split-pattern.js';

/** Finds a host by its name; `localhost` needs no entry. @throws InputError with the nearest name */
export function findHost(name: string, inventory: Inventory, diagnostics: Diagnostics): InventoryHost {
  const host = inventory.hosts.get(name) ?? (localNames.includes(name) ? inventory.localhost : undefined);
  if (host !== undefined) return host;
  const group = inventory.groups.has(name) ? `${name} is a group: provision inventory --graph ${name}` : undefined;
  throw missingError(`there is no host "${name}" in the inventory`, name, inventory.hosts.keys(), group, diagnostics);
}

/** Finds a group by its name. @throws InputError with the nearest name */
export function findGroup(name: string, inventory: Inventory, diagnostics: Diagnostics): InventoryGroup {
  const group = inventory.groups.get(name);
  if (group !== undefined) return group;
  const host = inventory.hosts.has(name) ? `${name} is a host: provision inventory --host ${name}` : undefined;
  throw missingError(`there is no group "${name}" in the inventory`, name, inventory.groups.keys(), host, diagnostics);
}

/** Finds the hosts of a limit; all of them where there is none. @throws InputError where it names none */
export function findHosts(
  limit: readonly string[],
  inventory: Inventory,
  diagnostics: Diagnostics,
): ReadonlyMap<string, InventoryHost> {
  if (limit.length === 0) return inventory.hosts;
  const options = { limit: limit.flatMap(splitPattern).join(',') };
  const hosts = selectHosts('all', inventory, options, diagnostics);
  diagnostics.throwIfAny();
  return new Map(hosts.map((host) => [host.name, host]));
}

function missingError(
  message: string,
  name: string,
  names: Iterable<string>,
  otherwise: string | undefined,
  diagnostics: Diagnostics,
): InputError {
  const near = nearest(name, names);
  const meant = near === undefined ? undefined : `did you mean "${near}"?`;
  diagnostics.add({ code: 'pattern', message, hint: otherwise ?? meant });
  return new InputError(diagnostics.all);
}
