import type { Diagnostic, Diagnostics } from '../../diagnostics/diagnostic.js';
import { nearest } from '../../diagnostics/nearest.js';
import { breather } from '../../text/breathe.js';
import { rootsOf } from '../../vars/template/template-names.js';
import { type BlockEntry, entriesWithin, type PlayBlueprint, type TaskEntry } from '../blueprint/blueprint.js';
import type { Site } from '../blueprint/site.js';
import { HostErrors } from '../render/host-errors.js';
import { magicNames } from '../render/scope.js';
import { Scopes } from '../render/scopes.js';
import { checkForHost } from './check-host.js';
import { checkNames } from './check-names.js';
import { checkFixedParams } from './check-params.js';
import { EqualHosts } from './equal-hosts.js';

/**
 * Checks all of a play that can be checked before a host is asked, for each of its hosts. An error is reported once.
 */
export async function checkPlay(play: PlayBlueprint, site: Site, diagnostics: Diagnostics): Promise<void> {
  const breathe = breather();
  const errors = new HostErrors();
  const names = namesOf(play, site);
  const written = [...play.sections.flat(), ...play.handlers];
  const entries = entriesWithin(written);
  const handlers = play.handlers.flatMap(({ title = '', listen }) => [title, ...listen]);
  for (const entry of entries) {
    checkNames(entry, names, errors.add);
    if (entry.kind === 'task' || entry.kind === 'block') checkNotify(entry, handlers, errors);
    if (entry.kind === 'task') checkFixedParams(entry, errors.add);
  }
  for (const handler of play.handlers) checkHandler(handler, errors);
  const equal = new EqualHosts();
  for (const host of play.hosts) {
    await breathe();
    const report = errors.of(host.name);
    const known = equal.errorsOf(host);
    if (known !== undefined) {
      for (const error of known) report(error);
      continue;
    }
    const reads = new Set<string>();
    const own: Diagnostic[] = [];
    const scopes = new Scopes(site, play, host, undefined, undefined, undefined, undefined, reads);
    for (const entry of written) checkForHost(entry, scopes, site.files, (error) => own.push(error));
    for (const error of own) report(error);
    equal.keep(host, reads, own);
  }
  errors.reportTo(diagnostics, play.hosts.length);
}

function namesOf(play: PlayBlueprint, site: Site): ReadonlySet<string> {
  const hosts = play.hosts.length > 0 ? play.hosts : [...site.inventory.hosts.values()];
  const names = new Set([...magicNames, ...play.vars.keys(), ...site.extraVars.keys()]);
  for (const host of hosts) for (const name of host.variables.keys()) names.add(name);
  return names;
}

function checkNotify(entry: TaskEntry | BlockEntry, handlers: readonly string[], errors: HostErrors): void {
  for (const [index, name] of entry.notify.entries()) {
    if (handlers.includes(name)) continue;
    const near = nearest(name, handlers);
    const hint = near === undefined ? 'the play needs it under `handlers:`' : `did you mean "${near}"?`;
    const listed = entry.source.placeOf([...entry.path, 'notify', index], 'value');
    errors.add({ code: 'unknown-handler', message: `there is no handler "${name}"`, place: listed, hint });
  }
}

/** Handlers are made before any task has run. */
function checkHandler(handler: TaskEntry, errors: HostErrors): void {
  const result = [...rootsOf(handler.params)].find((name) => handler.registered.has(name));
  if (result === undefined) return;
  errors.add({
    code: 'handler',
    message: `a handler cannot be made of the result ${result}`,
    hint: 'use it in `when`, or write a task that asks `when` something changed',
    place: handler.source.placeOf([...handler.path, handler.resource.kind], 'value'),
  });
}
