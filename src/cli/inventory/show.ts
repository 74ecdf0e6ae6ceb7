import { Diagnostics } from '../../diagnostics/diagnostic.js';
import { currentSecrets } from '../../diagnostics/secrets/session-secrets.js';
import { defaultInventories } from '../../inventory/default-names.js';
import { loadInventory } from '../../inventory/load.js';
import { keyringOf } from '../../library/session/vault-passwords.js';
import { guardOutput } from '../../report/streams/redacted-stream.js';
import { yamlVault } from '../../vars/vault/yaml-vault.js';
import { defaultInventory } from '../site/default-inventory.js';
import { complainOf } from '../terminal/complain.js';
import { printText } from '../terminal/output.js';
import { type VaultOptions, vaultOptions, withPasswords } from '../vault/keyring.js';
import { explainHost } from './explain.js';
import { findGroup, findHost, findHosts } from './find.js';
import { inventoryGraph } from './graph.js';
import { inventoryList } from './list.js';
import { vaultForPrinting } from './sealed-value.js';
import { jsonText, printedVariables } from './variables-text.js';

/** Options of `provision inventory`. */
export interface InventoryRequest extends VaultOptions {
  readonly list: boolean;
  /** Group to start with; true: all. */
  readonly graph?: string | true;
  readonly host?: string;
  readonly vars: boolean;
  readonly explain: boolean;
  readonly inventory: readonly string[];
  readonly limit: readonly string[];
  readonly playbookDir?: string;
}

/** Prints hosts, groups or variables of the inventories, and returns the exit status. */
export async function showInventory(request: InventoryRequest): Promise<number> {
  try {
    const keyring = keyringOf(vaultOptions(request));
    const text = await withPasswords(keyring, () => {
      const vault = yamlVault(keyring, (secret) => currentSecrets().add(secret));
      const diagnostics = new Diagnostics();
      checkRequest(request, diagnostics);
      const paths = request.inventory.length > 0 ? request.inventory : defaultInventory('site.yaml');
      const inventory = loadInventory(paths, diagnostics, vaultForPrinting(vault), request.playbookDir ?? '.');
      if (paths.length === 0) diagnostics.add(noInventory);
      diagnostics.throwIfAny();
      return answer(request, inventory, diagnostics);
    });
    // What --list and --host print is read by programs: a mark in place of a value would mislead them.
    if (request.explain) guardOutput(process.stdout, currentSecrets());
    printText(`${text}\n`);
    return 0;
  } catch (error) {
    return complainOf(error, {});
  }
}

const noInventory = {
  code: 'unreadable-file',
  message: 'there is no inventory in this folder',
  hint: `give one with -i, or name it ${defaultInventories.join(', ')}`,
} as const;

function answer(request: InventoryRequest, inventory: ReturnType<typeof loadInventory>, diagnostics: Diagnostics) {
  const { host, graph, limit } = request;
  if (host !== undefined) {
    const found = findHost(host, inventory, diagnostics);
    if (request.explain) return explainHost(found, process.cwd());
    return jsonText(printedVariables(found.variables));
  }
  if (graph !== undefined) {
    const group = findGroup(graph === true ? 'all' : graph, inventory, diagnostics);
    return inventoryGraph(group, inventory, request.vars);
  }
  return jsonText(inventoryList(inventory, findHosts(limit, inventory, diagnostics)));
}

/** Checks that one thing is to be printed, with the options that belong to it. */
function checkRequest({ list, graph, host, vars, explain, limit }: InventoryRequest, diagnostics: Diagnostics): void {
  const asked = [list && '--list', graph !== undefined && '--graph', host !== undefined && '--host'].filter(Boolean);
  const report = (message: string) => diagnostics.add({ code: 'option', message, hint: usage });
  if (asked.length === 0) report('none of --list, --graph and --host was given');
  if (asked.length > 1) report(`${asked.join(' and ')} cannot be combined`);
  if (vars && graph === undefined) report('--vars needs --graph');
  if (explain && host === undefined) report('--explain needs --host');
  if (limit.length > 0 && !list) report('--limit needs --list');
  diagnostics.throwIfAny();
}

const usage = 'provision inventory --list | --graph [GROUP] [--vars] | --host HOST [--explain]';
