import { Diagnostics } from '../../diagnostics/diagnostic.js';
import { decideBecome } from '../../inventory/settings/become.js';
import {
  becomeSettings,
  type ConnectionOverrides,
  connectionSettings,
  type HostSettings,
  settingVariables,
} from '../../inventory/settings/settings.js';
import { mergeTables, type Variable, type VariableTable } from '../../vars/variables.js';
import type { PlayBlueprint } from '../blueprint/blueprint.js';
import type { Site } from '../blueprint/site.js';
import { HostErrors } from '../render/host-errors.js';
import { Scopes } from '../render/scopes.js';
import { becomeOfWords } from './become.js';
import { renderSettings } from './render-settings.js';

/** Returns how each host of a play is reached: from its variables, the words of the play, and the command line. */
export function settingsOfHosts(
  play: PlayBlueprint,
  site: Site,
  overrides: ConnectionOverrides,
  diagnostics: Diagnostics,
): ReadonlyMap<string, HostSettings> {
  const errors = new HostErrors();
  const all = new Map<string, HostSettings>();
  for (const host of play.hosts) {
    const scopes = new Scopes(site, play, host, undefined);
    const entry = { vars: new Map<string, Variable>(), registered: new Set<string>() };
    const variables = withPlayConnection(play, settingVariables(host, scopes.variablesOf(entry)));
    const report = errors.of(host.name);
    const rendered = renderSettings(variables, scopes.of(entry), report);
    const found = new Diagnostics();
    const settings = connectionSettings(host, rendered, variables, overrides, found);
    for (const diagnostic of found.all) report(diagnostic);
    const become = decideBecome(settings.becomeVariables, becomeOfWords(play.words), overrides);
    all.set(host.name, { ...settings, ...becomeSettings(become) });
  }
  errors.reportTo(diagnostics, play.hosts.length);
  return all;
}

/** Adds `connection:` of a play, which is weaker than a variable of the inventory, as in Ansible. */
function withPlayConnection(play: PlayBlueprint, variables: VariableTable): VariableTable {
  if (play.connection === undefined || variables.has('connection')) return variables;
  const place = play.source.placeOf([], 'value');
  const table = new Map<string, Variable>([
    ['ansible_connection', { value: play.connection, layer: 'play', from: `play ${play.name}`, place }],
  ]);
  return mergeTables(table, variables);
}
