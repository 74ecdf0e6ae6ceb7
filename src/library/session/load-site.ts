import { join } from 'node:path';
import type { Diagnostics } from '../../diagnostics/diagnostic.js';
import type { YamlVault } from '../../diagnostics/yaml/yaml-vault.js';
import type { Inventory } from '../../inventory/inventory.js';
import { loadInventoryInPieces } from '../../inventory/load.js';
import { isRecord } from '../../model/is-record.js';
import { resourceKinds } from '../../resources/all.js';
import { type LoadedSite, loadSite } from '../../site/load.js';
import { roleCatalog } from '../../site/modules/catalog.js';
import { inTurns } from '../../text/breathe.js';
import { Data } from '../../vars/template/template-value.js';
import { mergeTables, parseExtraVars, type VariableTable } from '../../vars/variables.js';
import { readRegistries } from '../registries/read-registries.js';
import { withRegistries } from '../registries/with-registries.js';
import { connectionOverrides } from './connection-overrides.js';
import type { SessionOptions } from './session-options.js';

/** Parts that a session's site is loaded with. */
export interface LoadParts {
  readonly folder: string;
  /** Opens what is encrypted. */
  readonly vault: YamlVault;
  /** Variables that were entered. */
  readonly entered: VariableTable;
  /** Receives the inventory as soon as it is read: errors in the site may name its hosts. */
  readonly onInventory?: (inventory: Inventory) => void;
}

/** Reads and checks inventory, variables, site and roles. Errors are collected. */
export async function loadSessionSite(
  options: SessionOptions,
  { folder, vault, entered, onInventory }: LoadParts,
  diagnostics: Diagnostics,
): Promise<LoadedSite> {
  const { site, inventory = [], vars, extraVars = [], limit } = options;
  const read = await inTurns(loadInventoryInPieces([inventory].flat(), diagnostics, vault, folder));
  const registries = options.registries ?? readRegistries(folder, diagnostics, vault);
  const hosts = registries === undefined ? read : withRegistries(read, registries, diagnostics);
  onInventory?.(hosts);
  // Nothing of a site is right without hosts: what keeps them from being read is the error.
  if (hosts.hosts.size === 0) diagnostics.throwIfAny();
  const given = vars === undefined ? extraVars : [...extraVars, JSON.stringify(vars)];
  const variables = mergeTables(parseExtraVars(given, diagnostics, vault), dataTable(options.data ?? {}), entered);
  // What stays locked would be missing wherever it is used: that is the one error.
  if (diagnostics.all.some(({ code }) => code === 'vault')) diagnostics.throwIfAny();
  return loadSite(
    {
      file: typeof site === 'string' ? site : join(folder, 'site.ts'),
      ...(typeof site === 'string' ? {} : { plays: site }),
      inventory: hosts,
      ...(limit === undefined ? {} : { limit }),
      extraVars: variables,
      catalog: roleCatalog(folder),
      kinds: resourceKinds,
      flags: { force: options.force ?? false, sync: options.sync, check: options.check ?? false },
      overrides: connectionOverrides(options),
      vault,
    },
    diagnostics,
  );
}

/** Returns variables whose values are no templates, whatever is in them. */
function dataTable(data: Readonly<Record<string, unknown>>): VariableTable {
  return new Map(
    Object.entries(data).map(([name, value]) => [
      name,
      { value: asData(value), layer: 'extra', from: 'what the run was given' },
    ]),
  );
}

function asData(value: unknown): unknown {
  if (typeof value === 'string') return value.includes('{') ? new Data(value) : value;
  if (Array.isArray(value)) return value.map(asData);
  return isRecord(value) ? Object.fromEntries(Object.entries(value).map(([key, part]) => [key, asData(part)])) : value;
}
