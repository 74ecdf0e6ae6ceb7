import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { defaultInventories } from '../../inventory/default-names.js';

/** Returns the inventory that is used when none is given; empty where none of those names exists. */
export function defaultInventory(site: string): string[] {
  const found = defaultInventories.map((name) => join(dirname(site), name)).find((path) => existsSync(path));
  return found === undefined ? [] : [found];
}
