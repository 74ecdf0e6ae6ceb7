import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import type { ControllerFiles } from '../../model/resource.js';
import { Later } from '../../vars/template/template-value.js';
import { type IncludeEntry, judgingWords, type PlayEntry, type TaskEntry } from '../blueprint/blueprint.js';
import { delegateName } from '../hosts/delegation.js';
import { retryNumbers, withOwnResult } from '../render/outcome-words.js';
import { allHold, holds, loopItems, type Rendering, renderAt } from '../render/render-entry.js';
import type { Scopes } from '../render/scopes.js';
import { checkedParams, checkFile } from './check-params.js';
import { roleVars } from './role-vars.js';

/**
 * Checks what an entry comes to for one host, as far as that is known before the host has been asked: its condition,
 * loop, parameters, variables and files. An entry that is not for the host is not looked at.
 */
export function checkForHost(
  entry: PlayEntry,
  scopes: Scopes,
  files: ControllerFiles,
  report: (mistake: Diagnostic) => void,
): void {
  const variables = scopes.variablesOf(entry);
  const rendering: Rendering = { scope: scopes.of(entry), variables, report };
  if (entry.kind === 'flush') return;
  if (entry.kind === 'include') {
    checkInclude(entry, scopes, files, rendering);
    return;
  }
  if (entry.kind === 'block') {
    const asked = conditionally(entry, rendering);
    if (asked === undefined) return;
    for (const inner of [...entry.tasks, ...entry.rescue, ...entry.always]) {
      checkForHost(inner, scopes, files, asked.report);
    }
    return;
  }
  if (entry.kind === 'role') {
    const asked = conditionally(entry, rendering);
    if (asked !== undefined) roleVars(entry, asked);
    return;
  }
  for (const locals of localsOf(entry, rendering)) {
    const asked = conditionally(entry, { ...rendering, scope: scopes.of(entry, locals) });
    if (asked === undefined) continue;
    checkedParams(entry, asked, files);
    checkFile(entry, asked, files);
    checkJudgements(entry, scopes, asked, locals);
    delegateName(entry, asked, scopes);
  }
}

/** What a task's outcome is judged by, and how often it is tried, before there is a result of it. */
function checkJudgements(
  entry: TaskEntry,
  scopes: Scopes,
  rendering: Rendering,
  locals: Readonly<Record<string, unknown>> | undefined,
): void {
  const judging = { ...rendering, scope: scopes.of(withOwnResult(entry), locals) };
  for (const word of judgingWords) allHold(entry, word, entry.judged[word] ?? [], judging);
  retryNumbers(entry, rendering);
}

function checkInclude(entry: IncludeEntry, scopes: Scopes, files: ControllerFiles, rendering: Rendering): void {
  for (const locals of localsOf(entry, rendering)) {
    const within = locals === undefined ? scopes : scopes.within(locals);
    const asked = conditionally(entry, { ...rendering, scope: within.of(entry) });
    if (asked === undefined) continue;
    const name = renderAt(entry.what, entry, entry.whatAt, asked);
    const contents = typeof name === 'string' ? entry.contents.of(name) : undefined;
    for (const inner of contents ?? []) checkForHost(inner, within, files, asked.report);
  }
}

/**
 * What to check an entry with, or nothing where it isn't for the host. Where that isn't known yet, a name that the host
 * doesn't have is no mistake: the entry may well be for other hosts.
 */
function conditionally(entry: PlayEntry, rendering: Rendering): Rendering | undefined {
  const condition = holds(entry, rendering);
  if (condition === false || condition === undefined) return undefined;
  if (!(condition instanceof Later)) return rendering;
  const report = (mistake: Diagnostic) => {
    if (mistake.code !== 'undefined-variable') rendering.report(mistake);
  };
  return { ...rendering, report };
}

function localsOf(
  entry: TaskEntry | IncludeEntry,
  rendering: Rendering,
): readonly (Readonly<Record<string, unknown>> | undefined)[] {
  if (entry.loop === undefined) return [undefined];
  const items = loopItems(entry, rendering) ?? [];
  if (items instanceof Later) return [{ [entry.loopVar]: items }];
  return items.map((item) => ({ [entry.loopVar]: item }));
}
