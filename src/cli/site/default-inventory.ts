import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Names of the inventory beside a site that is used when none is given, the first first. */
export const defaultInventories: readonly string[] = [
  'inventory.yaml',
  'inventory',
  'inventory.ini',
  'hosts',
  'hosts.ini',
  'inventories/hosts.yaml',
];

/** The inventory used when none is given; none where none of those names is there. */
export function defaultInventory(site: string): string[] {
  const found = defaultInventories.map((name) => join(dirname(site), name)).find((path) => existsSync(path));
  return found === undefined ? [] : [found];
}
