/** Names of the inventory beside a site that is used when none is given, the first first. */
export const defaultInventories: readonly string[] = [
  'inventory.yaml',
  'inventory',
  'inventory.ini',
  'hosts',
  'hosts.ini',
  'inventories/hosts.yaml',
];
