import { dirname, resolve } from 'node:path';
import type { Diagnostics } from '../../diagnostics/diagnostic.js';
import type { YamlVault } from '../../diagnostics/yaml/yaml-vault.js';
import { loadInventory } from '../../inventory/load.js';
import type { ConnectionOverrides } from '../../inventory/settings/settings.js';
import { splitPattern } from '../../inventory/split-pattern.js';
import type { ControllerFiles } from '../../model/resource.js';
import { resourceKinds } from '../../resources/all.js';
import { type LoadedSite, loadSite } from '../../site/load.js';
import { roleCatalog } from '../../site/modules/catalog.js';
import { controllerFiles } from '../../site/render/files.js';
import { mergeTables, parseExtraVars, type VariableTable } from '../../vars/variables.js';
import { defaultInventory } from './default-inventory.js';
import type { ProvisionRequest } from './request.js';

export interface LoadedRequest {
  readonly site: LoadedSite;
  readonly files: ControllerFiles;
}

/**
 * Reads and checks all that a request names: inventory, variables, site, roles. Mistakes are collected.
 *
 * @param vault opens what is encrypted
 * @param asked the variables of --ask
 */
export async function loadRequest(
  request: ProvisionRequest,
  diagnostics: Diagnostics,
  vault: YamlVault,
  asked: VariableTable,
): Promise<LoadedRequest> {
  const folder = dirname(resolve(request.site));
  const inventoryPaths = request.inventory.length > 0 ? request.inventory : defaultInventory(request.site);
  const inventory = loadInventory(inventoryPaths, diagnostics, vault, folder);
  const extraVars = mergeTables(parseExtraVars(request.extraVars, diagnostics, vault), asked);
  // Whatever stays locked would be missing wherever it is used: that is the one mistake.
  if (diagnostics.all.some(({ code }) => code === 'vault')) diagnostics.throwIfAny();
  const site = await loadSite(
    {
      file: request.site,
      inventory,
      ...(request.limit.length === 0 ? {} : { limit: request.limit.flatMap(splitPattern).join(',') }),
      extraVars,
      catalog: roleCatalog(folder),
      kinds: resourceKinds,
      flags: { force: request.force, sync: request.sync, check: request.check },
      overrides: overridesOf(request),
      vault,
    },
    diagnostics,
  );
  return { site, files: controllerFiles(folder) };
}

/** What the command line says of all hosts' connections; the sudo password comes later, when nothing is left to complain about. */
function overridesOf(request: ProvisionRequest): ConnectionOverrides {
  const { root, acceptNew, become, becomeUser, user, privateKey } = request;
  return {
    ...(root === undefined ? {} : { root: resolve(root) }),
    ...(acceptNew ? { acceptNew } : {}),
    ...(become === undefined ? {} : { become }),
    ...(becomeUser === undefined ? {} : { becomeUser }),
    ...(user === undefined ? {} : { user }),
    ...(privateKey === undefined ? {} : { identityFile: resolve(privateKey) }),
  };
}
