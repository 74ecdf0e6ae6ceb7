import { InputError } from '../../diagnostics/diagnostic.js';
import { retryOf } from '../../model/define-resource.js';
import type { Judgement, OutcomeWords, Retry, Task } from '../../model/task.js';
import { Later, typeName } from '../../vars/template/template-value.js';
import type { JudgingWord, TaskEntry } from '../blueprint/blueprint.js';
import { withReason } from './missing-result.js';
import { allHold, failed, type Rendering, renderAt } from './render-entry.js';
import type { Scopes } from './scopes.js';

/** What an entry says of how its task's outcome is taken, for one host. @throws InputError, from what it gives, for mistakes that show only then */
export function outcomeWords(entry: TaskEntry, scopes: Scopes, loop: Task['loop']): OutcomeWords {
  const changedWhen = judgementOf(entry, 'changed_when', scopes, loop);
  const failedWhen = judgementOf(entry, 'failed_when', scopes, loop);
  return {
    ...(changedWhen !== undefined && { changedWhen }),
    ...(failedWhen !== undefined && { failedWhen }),
    ...(entry.words.ignoreErrors && { ignoreErrors: true }),
    ...(entry.words.noLog && { noLog: true }),
  };
}

/** How often an entry's task is tried; undefined where a number of it has a mistake, which has been reported. */
export function retryOfEntry(
  entry: TaskEntry,
  rendering: Rendering,
  scopes: Scopes,
  loop: Task['loop'],
): { readonly retry: Retry | undefined } | Later | undefined {
  const numbers = retryNumbers(entry, rendering);
  if (numbers === undefined || numbers instanceof Later) return numbers;
  const until = judgementOf(entry, 'until', scopes, loop);
  const judgement = typeof until === 'boolean' ? () => until : until;
  return { retry: retryOf(judgement, numbers.retries, numbers.delay) };
}

/** The numbers of `retries` and `delay`; undefined where one has a mistake, which has been reported. */
export function retryNumbers(
  entry: TaskEntry,
  rendering: Rendering,
): { readonly retries: number | undefined; readonly delay: number | undefined } | Later | undefined {
  const retries = numberOf(entry, 'retries', rendering);
  const delay = numberOf(entry, 'delay', rendering);
  if (retries === failed || delay === failed) return undefined;
  if (retries instanceof Later) return retries;
  return delay instanceof Later ? delay : { retries, delay };
}

/** Most seconds between two tries: a day. Node's clocks take more than 24 days for none at all. */
const longestDelay = 86_400;

function numberOf(
  entry: TaskEntry,
  word: 'retries' | 'delay',
  rendering: Rendering,
): number | undefined | Later | typeof failed {
  const written = entry[word];
  if (written === undefined) return undefined;
  const path = [...entry.path, word];
  const value = renderAt(written, entry, path, rendering);
  if (value === failed || value instanceof Later) return value;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && number >= 0) {
    if (word === 'delay' ? number <= longestDelay : Number.isInteger(number)) return number;
  }
  const expected = word === 'delay' ? `seconds, ${longestDelay} at most` : 'a whole number';
  const message = `${word}: expected ${expected}, found ${typeof value === 'number' ? value : typeName(value)}`;
  rendering.report({ code: 'wrong-type', message, place: entry.source.placeOf(path, 'value') });
  return failed;
}

/** The entry as the expressions about its outcome see it: with its own result among those registered. */
export function withOwnResult(entry: TaskEntry): TaskEntry {
  if (entry.register === undefined || entry.registered.has(entry.register)) return entry;
  return { ...entry, registered: new Set([...entry.registered, entry.register]) };
}

function judgementOf(
  written: TaskEntry,
  word: JudgingWord,
  scopes: Scopes,
  loop: Task['loop'],
): boolean | Judgement | undefined {
  const conditions = written.judged[word];
  if (conditions === undefined) return undefined;
  if (conditions.every((condition) => typeof condition === 'boolean')) return conditions.every(Boolean);
  const entry = withOwnResult(written);
  return (result, results) => {
    const known = entry.register === undefined ? results : new Map([...results, [entry.register, result]]);
    const now = scopes.with(known);
    const scope = now.of(entry, loop && { [entry.loopVar]: loop.item });
    const mistakes: InputError['diagnostics'][number][] = [];
    const report: Rendering['report'] = (mistake) => mistakes.push(withReason(mistake, entry, scope));
    const value = allHold(entry, word, conditions, { scope, variables: now.variablesOf(entry), report });
    if (value === undefined) throw new InputError(mistakes);
    return value === true;
  };
}
