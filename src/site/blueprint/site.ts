import type { Inventory } from '../../inventory/load.js';
import type { ConnectionOverrides } from '../../inventory/settings/settings.js';
import type { ControllerFiles } from '../../model/resource.js';
import type { RunFlags } from '../../model/role.js';
import type { VariableTable } from '../../vars/variables.js';

/** Context that all plays of a site share. */
export interface Site {
  readonly inventory: Inventory;
  /** Folder of the site's file. */
  readonly folder: string;
  readonly extraVars: VariableTable;
  readonly files: ControllerFiles;
  readonly flags: RunFlags;
  /** Options of the command line about connections. */
  readonly overrides: ConnectionOverrides;
}
