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

/** Returns the inventory that is used when none is given; empty where none of those names exists. */
export function defaultInventory(site: string): string[] {
  const found = defaultInventories.map((name) => join(dirname(site), name)).find((path) => existsSync(path));
  return found === undefined ? [] : [found];
}
