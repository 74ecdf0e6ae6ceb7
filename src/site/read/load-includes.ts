import { type Diagnostics, InputError } from '../../diagnostics/diagnostic.js';
import { Later } from '../../vars/template/template-value.js';
import type { IncludeEntry, PlayBlueprint, PlayEntry } from '../blueprint/blueprint.js';
import type { Site } from '../blueprint/site.js';
import { EntryRenderer } from '../render/entry-renderer.js';
import { Scopes } from '../render/scopes.js';

/**
 * Loads what includes come to whose name is a template, for each host, as far as that is known before the host has been
 * asked. So errors in it are reported before any is.
 */
export async function loadIncludes(play: PlayBlueprint, site: Site, diagnostics: Diagnostics): Promise<void> {
  const errors = new Set<InputError>();
  for (const host of play.hosts) {
    const scopes = new Scopes(site, play, host, undefined);
    for (const entry of play.sections.flat()) await loadWithin(entry, scopes, (error) => errors.add(error));
  }
  for (const error of errors) for (const diagnostic of error.diagnostics) diagnostics.add(diagnostic);
}

async function loadWithin(entry: PlayEntry, scopes: Scopes, report: (error: InputError) => void): Promise<void> {
  if (entry.kind === 'block') {
    for (const inner of [...entry.tasks, ...entry.rescue, ...entry.always]) await loadWithin(inner, scopes, report);
  }
  if (entry.kind !== 'include') return;
  for (const { name, within } of knownNames(entry, scopes)) {
    try {
      for (const inner of await entry.contents.load(name)) await loadWithin(inner, within, report);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      report(error);
    }
  }
}

/** Returns the names that an include's template comes to, with the scopes in which each is read. */
function knownNames(entry: IncludeEntry, scopes: Scopes): readonly { name: string; within: Scopes }[] {
  if (!entry.what.includes('{{')) return [{ name: entry.what, within: scopes }];
  const items = entry.loop === undefined ? undefined : new EntryRenderer(entry, scopes).items();
  if (items instanceof Later || (entry.loop !== undefined && items === undefined)) return [];
  const all = items?.map((item) => scopes.within({ [entry.loopVar]: item })) ?? [scopes];
  return all.flatMap((within) => {
    const name = new EntryRenderer(entry, within).render(entry.what, entry.whatAt);
    return typeof name === 'string' ? [{ name, within }] : [];
  });
}
