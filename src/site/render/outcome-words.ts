import { retryOf } from '../../model/define-resource.js';
import type { Judgement, OutcomeWords, Retry } from '../../model/task.js';
import { Later, yamlTypeName } from '../../vars/template/template-value.js';
import type { JudgingWord, TaskEntry } from '../blueprint/blueprint.js';
import { EntryRenderer, failed } from './entry-renderer.js';

/** Returns the words of an entry about its task's outcome. They throw InputError for errors that show only then. */
export function outcomeParts(renderer: EntryRenderer<TaskEntry>): OutcomeWords {
  const { words } = renderer.entry;
  const changedWhen = judgementOf(renderer, 'changed_when');
  const failedWhen = judgementOf(renderer, 'failed_when');
  return {
    ...(changedWhen !== undefined && { changedWhen }),
    ...(failedWhen !== undefined && { failedWhen }),
    ...(words.ignore_errors && { ignoreErrors: true }),
    ...(words.no_log && { noLog: true }),
  };
}

/** Returns how often an entry's task is tried; undefined after an error, which has been reported. */
export function retryOfEntry(
  renderer: EntryRenderer<TaskEntry>,
): { readonly retry: Retry | undefined } | Later | undefined {
  const numbers = retryNumbers(renderer);
  if (numbers === undefined || numbers instanceof Later) return numbers;
  const until = judgementOf(renderer, 'until');
  const judgement = typeof until === 'boolean' ? () => until : until;
  return { retry: retryOf(judgement, numbers.retries, numbers.delay) };
}

/** Returns the numbers of `retries` and `delay`; undefined after an error, which has been reported. */
export function retryNumbers(
  renderer: EntryRenderer<TaskEntry>,
): { readonly retries: number | undefined; readonly delay: number | undefined } | Later | undefined {
  const retries = numberOf('retries', renderer);
  const delay = numberOf('delay', renderer);
  if (retries === failed || delay === failed) return undefined;
  if (retries instanceof Later) return retries;
  return delay instanceof Later ? delay : { retries, delay };
}

/** Most seconds between two tries: a day. Node's clocks take more than 24 days for none at all. */
const longestDelay = 86_400;

function numberOf(
  word: 'retries' | 'delay',
  renderer: EntryRenderer<TaskEntry>,
): number | undefined | Later | typeof failed {
  const { entry } = renderer;
  const written = entry.own[word];
  if (written === undefined) return undefined;
  const path = [...entry.path, word];
  const value = renderer.render(written, path);
  if (value === failed || value instanceof Later) return value;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && number >= 0) {
    if (word === 'delay' ? number <= longestDelay : Number.isInteger(number)) return number;
  }
  const expected = word === 'delay' ? `seconds, ${longestDelay} at most` : 'a whole number';
  const message = `${word}: expected ${expected}, found ${typeof value === 'number' ? value : yamlTypeName(value)}`;
  renderer.reportAt(path, { code: 'wrong-type', message });
  return failed;
}

/** Returns the entry as expressions about its outcome see it: with its own result among those registered. */
export function withOwnResult(entry: TaskEntry): TaskEntry {
  if (entry.register === undefined || entry.registered.has(entry.register)) return entry;
  return { ...entry, registered: new Set([...entry.registered, entry.register]) };
}

function judgementOf(renderer: EntryRenderer<TaskEntry>, word: JudgingWord): boolean | Judgement | undefined {
  const conditions = renderer.entry.own[word] ?? [];
  if (conditions.length === 0) return undefined;
  if (conditions.every((condition) => typeof condition === 'boolean')) return conditions.every(Boolean);
  const entry = withOwnResult(renderer.entry);
  const { scopes, locals } = renderer;
  return (result, results) => {
    const known = entry.register === undefined ? results : new Map([...results, [entry.register, result]]);
    const judging = new EntryRenderer(entry, scopes.with(known), { locals });
    return judging.required(judging.allHold(word, conditions)) === true;
  };
}
