import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import type { ControllerFiles } from '../../model/resource.js';
import { Later } from '../../vars/template/template-value.js';
import { type IncludeEntry, judgingWords, type PlayEntry, type TaskEntry } from '../blueprint/blueprint.js';
import { delegateName } from '../hosts/delegation.js';
import { EntryRenderer, type EntryRendererOptions } from '../render/entry-renderer.js';
import { retryNumbers, withOwnResult } from '../render/outcome-words.js';
import type { Scopes } from '../render/scopes.js';
import { checkedParams, checkFiles } from './check-params.js';
import { checkRoleFiles, roleVars } from './role-vars.js';

/**
 * Checks what an entry comes to for one host, as far as that is known before the host has been asked: its condition,
 * loop, parameters, variables and files. An entry that is not for the host is not looked at.
 */
export function checkForHost(
  entry: PlayEntry,
  scopes: Scopes,
  files: ControllerFiles,
  report: (diagnostic: Diagnostic) => void,
): void {
  switch (entry.kind) {
    case 'flush':
      return;
    case 'include':
      checkInclude(entry, scopes, files, report);
      return;
    case 'block': {
      const renderer = ifForHost(new EntryRenderer(entry, scopes, { report }));
      if (renderer === undefined) return;
      for (const inner of [...entry.tasks, ...entry.rescue, ...entry.always])
        checkForHost(inner, scopes, files, renderer.report);
      return;
    }
    case 'role': {
      const renderer = ifForHost(new EntryRenderer(entry, scopes, { report }));
      const vars = renderer && roleVars(renderer);
      if (renderer !== undefined && vars !== undefined && !(vars instanceof Later))
        checkRoleFiles(vars, renderer, files);
      return;
    }
    case 'task':
      for (const locals of localsOf(entry, scopes, report)) {
        const renderer = ifForHost(new EntryRenderer(entry, scopes, { report, locals }));
        if (renderer !== undefined) checkTask(renderer, files);
      }
  }
}

function checkTask(renderer: EntryRenderer<TaskEntry>, files: ControllerFiles): void {
  checkedParams(renderer, files);
  checkFiles(renderer, files);
  checkJudgements(renderer);
  retryNumbers(renderer);
  delegateName(renderer);
}

/** Checks the conditions of a task's outcome before there is a result of it. */
function checkJudgements({ entry, scopes, locals, report }: EntryRenderer<TaskEntry>): void {
  const judging = new EntryRenderer(withOwnResult(entry), scopes, { locals, report });
  for (const word of judgingWords) judging.allHold(word, entry.own[word] ?? []);
}

function checkInclude(
  entry: IncludeEntry,
  scopes: Scopes,
  files: ControllerFiles,
  report: (diagnostic: Diagnostic) => void,
): void {
  for (const locals of localsOf(entry, scopes, report)) {
    const within = locals === undefined ? scopes : scopes.within(locals);
    const renderer = ifForHost(new EntryRenderer(entry, within, { report }));
    if (renderer === undefined) continue;
    const name = renderer.render(entry.what, entry.whatAt);
    const contents = typeof name === 'string' ? entry.contents.of(name) : undefined;
    for (const inner of contents ?? []) checkForHost(inner, within, files, renderer.report);
  }
}

/**
 * Returns the renderer to check an entry with, or nothing where the entry isn't for the host. Where that isn't known yet,
 * a name that the host doesn't have is no error: the entry may well be for other hosts.
 */
function ifForHost<Written extends PlayEntry>(renderer: EntryRenderer<Written>): EntryRenderer<Written> | undefined {
  const condition = renderer.holds();
  if (condition === false || condition === undefined) return undefined;
  if (!(condition instanceof Later)) return renderer;
  return renderer.reportingTo((diagnostic) => {
    if (diagnostic.code !== 'undefined-variable') renderer.report(diagnostic);
  });
}

function localsOf(
  entry: TaskEntry | IncludeEntry,
  scopes: Scopes,
  report: (diagnostic: Diagnostic) => void,
): readonly EntryRendererOptions['locals'][] {
  if (entry.loop === undefined) return [undefined];
  const items = new EntryRenderer(entry, scopes, { report }).items() ?? [];
  if (items instanceof Later) return [{ [entry.loopVar]: items }];
  return items.map((item) => ({ [entry.loopVar]: item }));
}
