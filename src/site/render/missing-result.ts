import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import type { Scope } from '../../vars/template/template.js';
import type { PlayEntry } from '../blueprint/blueprint.js';

/** Says why a result is missing although a task registers it: that task was left out by tags. */
export function withReason(mistake: Diagnostic, entry: Pick<PlayEntry, 'registered'>, scope: Scope): Diagnostic {
  const missing = [...entry.registered].find(
    (name) => mistake.message.startsWith(`${name} is not defined`) && !(name in scope),
  );
  return missing === undefined ? mistake : { ...mistake, hint: `the task that registers ${missing} did not run` };
}
