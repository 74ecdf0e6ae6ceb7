import type { Diagnostics } from '../../diagnostics/diagnostic.js';
import { nearest } from '../../diagnostics/nearest.js';
import type { Inventory, InventoryHost } from '../../inventory/load.js';
import type { Variable, VariableTable } from '../../vars/variables.js';
import { type RegistriesOfHost, registriesFileName, roleSettings } from './registries-file.js';

/** Variable by which the role registry-setup gets the registries of a host. */
const variable = 'registry_managed';

/** Returns an inventory whose hosts have the registries that a service manages, as variables. Hosts that it lacks are errors. */
export function withRegistries(
  inventory: Inventory,
  hosts: readonly RegistriesOfHost[],
  diagnostics: Diagnostics,
): Inventory {
  const changed = new Map(inventory.hosts);
  let { localhost } = inventory;
  for (const { host: name, registries, place } of hosts) {
    const host = changed.get(name) ?? (name === 'localhost' ? localhost : undefined);
    if (host === undefined) {
      const near = nearest(name, changed.keys());
      diagnostics.add({
        code: 'pattern',
        message: `${registriesFileName}: the inventory has no host ${name}`,
        place,
        hint: near === undefined ? 'delete its registries there, or add the host' : `did you mean ${near}?`,
      });
      continue;
    }
    const value: Variable = {
      value: registries.map(roleSettings),
      layer: 'host',
      from: registriesFileName,
      ...(place === undefined ? {} : { place }),
    };
    const made = withVariable(host, value);
    if (changed.has(name)) changed.set(name, made);
    if (name === localhost.name) localhost = made;
  }
  return { ...inventory, hosts: changed, localhost };
}

function withVariable(host: InventoryHost, value: Variable): InventoryHost {
  const table: VariableTable = new Map([[variable, value]]);
  return {
    ...host,
    variables: new Map([...host.variables, [variable, value]]),
    tables: [...host.tables, table],
  };
}
