import type { Diagnostics } from '../../diagnostics/diagnostic.js';
import { misspeltOf } from '../../diagnostics/misspelt.js';
import { isIgnoredSetting } from '../../inventory/settings/ignored-settings.js';
import { spellings } from '../../inventory/settings/setting-names.js';
import { connectionVariables } from '../../inventory/settings/settings.js';
import type { Role } from '../../model/role.js';
import type { Variable, VariableTable } from '../../vars/variables.js';
import { entriesWithin, type PlayBlueprint } from '../blueprint/blueprint.js';
import type { Site } from '../blueprint/site.js';
import { magicNames } from '../render/scope.js';
import { wordsInUse } from './variable-uses.js';

/** Roles that a site may have. */
interface Roles {
  names(): string[];
  load(name: string): Promise<Role | undefined>;
}

/** A variable that looks like a misspelt one, and what was probably meant. */
interface Suspect {
  readonly name: string;
  readonly variable: Variable;
  readonly message: string;
  readonly hint: string;
}

/**
 * Reports variables that nothing uses and whose names are nearly those of a role's variable or of a setting of hosts: the
 * default would be used in silence. What anything in the site uses is left alone, in whichever layer it is.
 */
export async function checkUnused(
  plays: readonly PlayBlueprint[],
  site: Site,
  catalog: Roles,
  diagnostics: Diagnostics,
): Promise<void> {
  const tables = tablesOf(plays, site);
  const roles = rolesOf(plays);
  const suspects = [...tables].flatMap((table) => suspectsIn(table, roles));
  if (suspects.length === 0) return;
  const used = wordsInUse(plays, tables, site);
  if (used === undefined) return;
  const declared = await declaredNames(catalog);
  const reported = new Set<Variable>();
  for (const { name, variable, message, hint } of suspects) {
    if (used.has(name) || declared.has(name) || reported.has(variable)) continue;
    reported.add(variable);
    const from = variable.place === undefined ? ` (from ${variable.from})` : '';
    const ofNone = from === '' ? {} : { variable: name };
    diagnostics.add({ code: 'unused-variable', message: `${message}${from}`, place: variable.place, hint, ...ofNone });
  }
}

/** Returns all tables of variables of a site: of hosts and groups, of plays, of their entries, of the command line. */
function tablesOf(plays: readonly PlayBlueprint[], site: Site): ReadonlySet<VariableTable> {
  const tables = new Set<VariableTable>([site.extraVars]);
  for (const play of plays) {
    for (const host of play.hosts) for (const table of host.tables) tables.add(table);
    tables.add(play.vars);
    // Variables of a role's own entry have been checked against the role.
    for (const entry of entriesWithin(play.sections.flat()))
      if (entry.kind !== 'role' && entry.vars.size > 0) tables.add(entry.vars);
  }
  return tables;
}

/** Returns the names of the variables of the roles that a site has, each with its role. */
function rolesOf(plays: readonly PlayBlueprint[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { sections } of plays)
    for (const entry of entriesWithin(sections.flat()))
      if (entry.kind === 'role')
        for (const name of Object.keys(entry.role.vars.shape)) names.set(name, entry.role.name);
  return names;
}

function suspectsIn(table: VariableTable, roles: ReadonlyMap<string, string>): readonly Suspect[] {
  return [...table].flatMap(([name, variable]): Suspect[] => {
    if (roles.has(name) || connectionVariables.includes(name) || magicNames.includes(name)) return [];
    const suspect = name.startsWith('ansible_') ? ofAnsible(name) : (ofRole(name, roles) ?? ofHost(name, variable));
    return suspect === undefined ? [] : [{ name, variable, ...suspect }];
  });
}

type Suspicion = Pick<Suspect, 'message' | 'hint'>;

function ofRole(name: string, roles: ReadonlyMap<string, string>): Suspicion | undefined {
  const meant = misspeltOf(name, roles.keys());
  if (meant === undefined) return undefined;
  const message = `${name} is used by nothing: no role of the site has this variable, and no template names it`;
  return { message, hint: `did you mean ${meant}, of the role ${roles.get(meant)}?` };
}

/** Bare words are settings where an inventory says them. */
function ofHost(name: string, variable: Variable): Suspicion | undefined {
  const meant = variable.isOfInventory === true ? misspeltOf(name, Object.keys(spellings)) : undefined;
  if (meant === undefined) return undefined;
  return { message: `${name} is no setting of a host, and used by nothing`, hint: `did you mean ${meant}?` };
}

function ofAnsible(name: string): Suspicion | undefined {
  if (isIgnoredSetting(name)) return undefined;
  const known = [...connectionVariables.filter((each) => each.startsWith('ansible_')), ...magicNames];
  const meant = misspeltOf(name, known);
  const message = `${name} is not known, and used by nothing: names that begin with ansible_ are Ansible's`;
  if (meant !== undefined) return { message, hint: `did you mean ${meant}?` };
  return { message, hint: 'remove it, or give a variable of your own another name' };
}

/** Returns the names of the variables of all roles, whether the site has them or not: inventories are shared by sites. */
async function declaredNames(catalog: Roles): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for (const name of catalog.names()) {
    try {
      const role = await catalog.load(name);
      for (const variable of Object.keys(role?.vars.shape ?? {})) names.add(variable);
    } catch {}
  }
  return names;
}
