import type { Inventory, InventoryHost } from '../../inventory/load.js';
import type { Facts } from '../../model/facts.js';
import type { Results } from '../../model/task.js';
import type { Scope } from '../../vars/template/template.js';
import { variableValue } from '../../vars/template/template.js';
import { TemplateError, UndefinedName } from '../../vars/template/template-error.js';
import { Data, isMap, Later, Missing, omit } from '../../vars/template/template-value.js';
import type { VariableTable } from '../../vars/variables.js';
import { ansibleFacts, standInFacts } from './ansible-facts.js';

/** Parts of a host's scope. */
export interface ScopeInput {
  readonly host: InventoryHost;
  readonly inventory: Inventory;
  /** Folder of the site's file. */
  readonly folder: string;
  /** Variables of the host, the play and the command line, the strongest already chosen. */
  readonly variables: VariableTable;
  /** Undefined before the host has been asked. */
  readonly facts: Facts | undefined;
  /** Names that tasks ahead register. */
  readonly registered: ReadonlySet<string>;
  /** Results that they registered; undefined before they ran. */
  readonly results?: Results | undefined;
  /** Names of them that tasks register which have not run yet. */
  readonly ahead?: ReadonlySet<string>;
  /** Names of this task alone, such as the loop's item. */
  readonly locals?: Readonly<Record<string, unknown>>;
}

/** Names that every template may use, beside variables, registered results and loops' items. */
export const magicNames: readonly string[] = [
  'facts',
  ...Object.keys(ansibleFacts(standInFacts)),
  'inventory_hostname',
  'inventory_hostname_short',
  'group_names',
  'groups',
  'hostvars',
  'playbook_dir',
  'omit',
];

/**
 * Makes the scope of a host. A value that isn't known yet is {@link Later}, so that everything else can be checked at
 * once.
 */
export function hostScope(input: ScopeInput): Scope {
  const { host, inventory, facts, registered, results, ahead } = input;
  const scope: Record<string, unknown> = Object.create(null);
  for (const [name, variable] of input.variables) scope[name] = variable.value;
  const known = facts ?? standInFacts;
  const named = { facts: known, ...ansibleFacts(known) };
  for (const [name, value] of Object.entries(named))
    scope[name] = new Data(facts === undefined ? hideValues(value) : value);
  scope.inventory_hostname = new Data(host.name);
  scope.inventory_hostname_short = new Data(host.name.split('.')[0]);
  scope.group_names = new Data(host.groups);
  scope.groups = new Data(groupsOf(inventory));
  scope.hostvars = new Data(hostvars(inventory));
  scope.playbook_dir = new Data(input.folder);
  scope.omit = new Data(omit);
  for (const name of registered) {
    if (results === undefined || ahead?.has(name)) scope[name] = new Later(`the result ${name}`);
    else if (results.has(name)) scope[name] = new Data(results.get(name));
  }
  for (const [name, value] of Object.entries(input.locals ?? {})) scope[name] = new Data(value);
  return scope;
}

/** Returns the same shape, with nothing known of the values in it. */
function hideValues(value: unknown): unknown {
  if (!isMap(value)) return new Later('the facts of the host');
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, hideValues(entry)]));
}

const groupCache = new WeakMap<Inventory, Readonly<Record<string, readonly string[]>>>();

function groupsOf(inventory: Inventory): Readonly<Record<string, readonly string[]>> {
  const known = groupCache.get(inventory);
  if (known !== undefined) return known;
  const groups = Object.fromEntries([...inventory.groups].map(([name, group]) => [name, group.hosts]));
  groupCache.set(inventory, groups);
  return groups;
}

const hostvarsCache = new WeakMap<Inventory, Readonly<Record<string, unknown>>>();

/**
 * Returns the variables of every host by its name, rendered when they are read. Facts of other hosts are not among
 * them.
 */
function hostvars(inventory: Inventory): Readonly<Record<string, unknown>> {
  const known = hostvarsCache.get(inventory);
  if (known !== undefined) return known;
  const all: Record<string, unknown> = {};
  for (const host of [inventory.localhost, ...inventory.hosts.values()]) {
    Object.defineProperty(all, host.name, {
      enumerable: true,
      configurable: true,
      get: () => variablesOf(host, inventory),
    });
  }
  hostvarsCache.set(inventory, all);
  return all;
}

const variablesCache = new WeakMap<InventoryHost, Readonly<Record<string, unknown>>>();

function variablesOf(host: InventoryHost, inventory: Inventory): Readonly<Record<string, unknown>> {
  const known = variablesCache.get(host);
  if (known !== undefined) return known;
  const own: Record<string, unknown> = { inventory_hostname: host.name, group_names: host.groups };
  variablesCache.set(host, own);
  const scope: Record<string, unknown> = Object.create(null);
  Object.assign(scope, own, { groups: new Data(groupsOf(inventory)) });
  for (const [name, variable] of host.variables) scope[name] = variable.value;
  for (const name of host.variables.keys()) {
    Object.defineProperty(own, name, { enumerable: true, get: () => valueOrMissing(name, scope) });
  }
  return own;
}

function valueOrMissing(name: string, scope: Scope): unknown {
  try {
    return variableValue(name, scope);
  } catch (error) {
    if (error instanceof UndefinedName) return new Missing(error);
    if (error instanceof TemplateError)
      return new Missing(new UndefinedName(name, error.message, { hint: error.hint }));
    throw error;
  }
}
