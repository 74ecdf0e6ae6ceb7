import type { NewServiceJob } from '../../../../../src/service-client/service-types.js';
import type { Translate } from '../../../kernel/messages.js';
import { wrongField } from '../../../parts/fields/field-errors.js';
import { itemsOf } from '../../../parts/fields/item-texts.js';

/** Options of a run, as the fields of a form have them. */
export interface RunValues {
  readonly limit: string;
  readonly tags: string;
  readonly skipTags: string;
  readonly force: boolean;
  readonly update: boolean;
  readonly prune: boolean;
  /** Empty: as the roles say. */
  readonly sync: '' | 'yes' | 'no';
  readonly forks: string;
  /** Texts of variables, JSON or plain. Empty: not given. */
  readonly variables: Readonly<Record<string, string>>;
}

type RunBody = Pick<
  NewServiceJob,
  'limit' | 'tags' | 'skipTags' | 'force' | 'update' | 'prune' | 'sync' | 'forks' | 'variables'
>;

/** Returns the fields of options, for instance of a schedule's job. */
export function runValues(given: Readonly<Record<string, unknown>>): RunValues {
  const text = (name: string) => (given[name] === undefined || given[name] === null ? '' : String(given[name]));
  const list = (name: string) => (Array.isArray(given[name]) ? given[name].join(', ') : '');
  const { variables, sync } = given;
  return {
    limit: text('limit'),
    tags: list('tags'),
    skipTags: list('skipTags'),
    force: given.force === true,
    update: given.update === true,
    prune: given.prune === true,
    sync: sync === true ? 'yes' : sync === false ? 'no' : '',
    forks: text('forks'),
    variables: Object.fromEntries(
      Object.entries(typeof variables === 'object' && variables !== null ? variables : {}).map(([name, value]) => [
        name,
        typeof value === 'string' && !isJson(value) ? value : JSON.stringify(value),
      ]),
    ),
  };
}

/** Returns the options of a request. @throws ApiError for a field that cannot be sent */
export function runBody(values: RunValues, t: Translate): RunBody {
  const { limit, tags, skipTags, force, update, prune, sync, forks, variables } = values;
  return {
    ...(limit.trim() === '' ? {} : { limit: limit.trim() }),
    tags: itemsOf(tags),
    skipTags: itemsOf(skipTags),
    force,
    update,
    prune,
    ...(sync === '' ? {} : { sync: sync === 'yes' }),
    ...(forks.trim() === '' ? {} : { forks: numberOf(forks, '/forks', t) }),
    variables: Object.fromEntries(
      Object.entries(variables)
        .filter(([, text]) => text.trim() !== '')
        .map(([name, text]) => [name, isJson(text) ? JSON.parse(text) : text]),
    ),
  };
}

/** Reads a whole number. @throws ApiError where it is none */
export function numberOf(text: string, pointer: string, t: Translate): number {
  const trimmed = text.trim();
  if (!/^-?\d{1,15}$/.test(trimmed)) throw wrongField(pointer, t('work.not-a-number'));
  return Number(trimmed);
}

/** Checks that a text is JSON: true, 5, "5", [..] and {..}. Other texts are texts. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
