import { Diagnostics } from '../../diagnostics/diagnostic.js';
import { type BecomeSource, decideBecome, readBecome } from '../../inventory/settings/become.js';
import { spellings } from '../../inventory/settings/setting-names.js';
import { SettingReader } from '../../inventory/settings/setting-reader.js';
import type { HostSettings } from '../../inventory/settings/settings.js';
import type { Become } from '../../model/task.js';
import type { PlayEntry } from '../blueprint/blueprint.js';
import type { Site } from '../blueprint/site.js';
import type { EntryRenderer } from '../render/entry-renderer.js';
import type { Words } from '../words/inherited-words.js';
import { renderSettings } from './render-settings.js';

/**
 * Decides who the tasks of an entry run as, by the rule of {@link decideBecome}.
 *
 * @param settings those of the host that the tasks are done on
 * @throws InputError for errors in `ansible_become` and its like among the entry's own variables
 */
export function becomeOfEntry(
  renderer: EntryRenderer<PlayEntry>,
  { becomeVariables }: Pick<HostSettings, 'becomeVariables'>,
  { extraVars, overrides }: Pick<Site, 'extraVars' | 'overrides'>,
): Become {
  const { entry } = renderer;
  const own = entry.vars.size === 0 ? {} : ownVariables(renderer, extraVars);
  return decideBecome(own, becomeVariables, becomeOfWords(entry.words), overrides);
}

/** Returns what the words of an entry or play say of `become`. */
export function becomeOfWords({ become, become_user: becomeUser }: Words): BecomeSource {
  return { become, becomeUser };
}

/** Reads `become` from the variables of an entry; those of the command line are stronger. */
function ownVariables(renderer: EntryRenderer<PlayEntry>, extraVars: Site['extraVars']): BecomeSource {
  const { entry, scope } = renderer;
  const names = (['become', 'become_user'] as const)
    .map((setting): readonly string[] => spellings[setting])
    .filter((all) => !all.some((name) => extraVars.has(name)))
    .flat();
  const variables = new Map([...entry.vars].filter(([name]) => names.includes(name)));
  if (variables.size === 0) return {};
  const found = new Diagnostics();
  const rendered = renderSettings(variables, scope, (error) => found.add(error));
  const own = readBecome(new SettingReader(rendered, variables, found));
  for (const error of found.all) renderer.report(error);
  return renderer.required(found.all.length === 0 ? own : undefined);
}
