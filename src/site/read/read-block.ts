import { mergeTables } from '../../vars/variables.js';
import type { BlockEntry, Path, PlayEntry } from '../blueprint/blueprint.js';
import { inherit, type Words } from '../words/inherited-words.js';
import { blockSchema, taskSchema } from '../words/schemas.js';
import { type ReadContext, readWords, siteVariables } from './read-context.js';

/** Reads the tasks of a list. */
type ReadEntries = (
  list: readonly unknown[],
  path: Path,
  words: Words,
  context: ReadContext,
) => Promise<readonly PlayEntry[]>;

/** Names that a failure has in `rescue` and after it, as Ansible gives them. */
const ofFailure = ['ansible_failed_task', 'ansible_failed_result'];

/** Tells if a task is a block of tasks; `block: {…}` is the resource that edits a file. */
export function isTaskBlock(value: Readonly<Record<string, unknown>>): boolean {
  if (!('block' in value)) return false;
  return Array.isArray(value.block) || 'rescue' in value || 'always' in value;
}

/** Reads tasks that stand under `block`, `rescue` and `always`; they inherit the words beside them. */
export async function readBlock(
  value: Readonly<Record<string, unknown>>,
  path: Path,
  outer: Words,
  context: ReadContext,
  readEntries: ReadEntries,
): Promise<BlockEntry | undefined> {
  const { source, registered } = context;
  const given = readWords(blockSchema, value, path, context, taskWords(value, path, context));
  const parts = given ?? salvageParts(value);
  const words = inherit(outer, given ?? {});
  const within: ReadContext = {
    ...context,
    vars: mergeTables(context.vars, siteVariables(given?.vars ?? {}, source, [...path, 'vars'])),
  };
  const handed = { ...words, notify: [...words.notify, ...(given?.notify ?? [])] };
  const tasks = await readEntries(parts.block, [...path, 'block'], handed, within);
  if (parts.rescue !== undefined) within.registered = new Set([...within.registered, ...ofFailure]);
  const rescue = await readEntries(parts.rescue ?? [], [...path, 'rescue'], handed, within);
  const always = await readEntries(parts.always ?? [], [...path, 'always'], handed, within);
  context.registered = within.registered;
  if (given === undefined) return undefined;
  return {
    kind: 'block',
    title: given.name,
    notify: given.notify ?? [],
    tasks,
    rescue,
    always,
    when: given.when ?? [],
    words,
    vars: within.vars,
    registered,
    source,
    path,
    place: source.placeOf(path, 'value'),
  };
}

interface Parts {
  readonly block: readonly unknown[];
  readonly rescue?: readonly unknown[] | undefined;
  readonly always?: readonly unknown[] | undefined;
}

/** Returns the tasks of a block that has errors among its words, so that their errors are reported as well. */
function salvageParts(value: Readonly<Record<string, unknown>>): Parts {
  const [block, rescue, always] = [value.block, value.rescue, value.always].map((part) =>
    Array.isArray(part) ? part : [],
  );
  return { block: block ?? [], rescue, always };
}

/** Words of tasks that mean nothing for many of them. */
function taskWords(value: Readonly<Record<string, unknown>>, path: Path, context: ReadContext): readonly string[] {
  const words = Object.keys(value).filter((key) => key in taskSchema.shape && !(key in blockSchema.shape));
  for (const key of words) {
    const place = context.source.placeOf([...path, key], 'key');
    const hint = key.startsWith('loop')
      ? 'write the tasks in a file, and use `include_tasks` with the loop'
      : 'write it in the tasks themselves';
    context.diagnostics.add({ code: 'unknown-key', message: `"${key}" does not go with block`, place, hint });
  }
  return words;
}
