import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const names = ['inventory.yaml', 'inventory', 'inventories/hosts.yaml'];

/** The inventory used when none is given: the first of inventory.yaml, inventory/ and inventories/hosts.yaml beside the site. */
export function defaultInventory(site: string): string[] {
  const found = names.map((name) => join(dirname(site), name)).find((path) => existsSync(path));
  return found === undefined ? [] : [found];
}
