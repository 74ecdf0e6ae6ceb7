import type { Diagnostic, Place } from '../../diagnostics/diagnostic.js';
import { readTextFile } from '../../diagnostics/read-text.js';
import type { ControllerFiles } from '../../model/resource.js';
import { renderValue, type Scope, variableValue } from '../../vars/template/template.js';
import { evaluateCondition } from '../../vars/template/template-condition.js';
import { TemplateError } from '../../vars/template/template-error.js';
import { namesInText } from '../../vars/template/template-names.js';
import { Data, isMap, Later, laterIn, omit, typeName } from '../../vars/template/template-value.js';
import type { VariableTable } from '../../vars/variables.js';
import type { IncludeEntry, JudgingWord, Path, PlayEntry, TaskEntry } from '../blueprint/blueprint.js';
import { templateMistake } from './template-mistake.js';

/** Where mistakes go, and what is known while an entry is rendered. */
export interface Rendering {
  readonly scope: Scope;
  readonly variables: VariableTable;
  readonly report: (diagnostic: Diagnostic) => void;
}

/** Whether the entry is for the host; undefined where the condition has a mistake, which has been reported. */
export function holds(entry: PlayEntry, rendering: Rendering): boolean | Later | undefined {
  return allHold(entry, 'when', entry.when, rendering);
}

/** Whether all conditions hold that an entry has under a word; undefined where one has a mistake, which has been reported. */
export function allHold(
  entry: PlayEntry,
  word: 'when' | JudgingWord,
  conditions: readonly (boolean | string)[],
  rendering: Rendering,
): boolean | Later | undefined {
  let open: Later | undefined;
  for (const [index, condition] of conditions.entries()) {
    const place = () => entry.source.placeOf(conditionPath(entry, index, word), 'value');
    const value = guard(String(condition), place, rendering, () => evaluateCondition(condition, rendering.scope));
    if (value === undefined || value === false) return value;
    if (value instanceof Later) open ??= value;
  }
  return open ?? true;
}

/** Way to one of an entry's conditions, which may be written as a list or alone. */
export function conditionPath(entry: PlayEntry, index: number, word: 'when' | JudgingWord = 'when'): Path {
  const path = [...entry.path, word];
  let written: unknown = entry.source.value;
  for (const step of path) written = isMap(written) || Array.isArray(written) ? Reflect.get(written, step) : undefined;
  return Array.isArray(written) ? [...path, index] : path;
}

/** Most items of a loop, each of which is a task: a host may have printed millions of what a list is split by. */
const mostItems = 10_000;

/**
 * Returns the items for which the entry is repeated; undefined where the loop has a mistake, which has been reported.
 * An item of a list may be, or hold, {@link Later}: see {@link knownItems}.
 */
export function loopItems(
  entry: TaskEntry | IncludeEntry,
  rendering: Rendering,
): readonly unknown[] | Later | undefined {
  const path = [...entry.path, 'loop'];
  const items = renderAt(entry.loop, entry, path, rendering);
  if (items === failed) return undefined;
  if (items instanceof Later) return items;
  if (Array.isArray(items) && items.length <= mostItems) return items;
  const place = entry.source.placeOf(path, 'value');
  const message = Array.isArray(items)
    ? `loop has ${items.length} items, and may have ${mostItems}`
    : `loop needs a list, got ${typeName(items)}`;
  rendering.report({ code: 'wrong-type', message, place });
  return undefined;
}

/** Returns the items of a loop as {@link loopItems} does, but `Later` as soon as anything in one of them is not known yet. */
export function knownItems(
  entry: TaskEntry | IncludeEntry,
  rendering: Rendering,
): readonly unknown[] | Later | undefined {
  const items = loopItems(entry, rendering);
  return laterIn(items) ?? items;
}

/** Stands where a value could not be rendered: the mistake has been reported. */
export const failed: unique symbol = Symbol('failed');

/**
 * Renders a value that is written in the entry, however deep the templates are in it; every mistake is reported at
 * its own place. Gives `failed` where there was one.
 */
export function renderAt(value: unknown, entry: PlayEntry, path: Path, rendering: Rendering): unknown {
  if (typeof value === 'string') {
    if (!value.includes('{')) return value;
    const place = () => entry.source.placeOf(path, 'value');
    const rendered = guard(value, place, rendering, () => ({ value: renderValue(value, rendering.scope) }));
    return rendered === undefined ? failed : rendered.value;
  }
  if (value instanceof Data) return value.value;
  if (!Array.isArray(value) && !isMap(value)) return value;
  const entries = Object.entries(value).map(([key, part]): [string, unknown] => {
    const step = Array.isArray(value) ? Number(key) : key;
    return [key, renderAt(part, entry, [...path, step], rendering)];
  });
  if (entries.some(([, part]) => part === failed)) return failed;
  const kept = entries.filter(([, part]) => part !== omit);
  return Array.isArray(value) ? kept.map(([, part]) => part) : Object.fromEntries(kept);
}

/** The parameters of the task's resource; a template is given the variables that its file names. */
export function renderParams(entry: TaskEntry, rendering: Rendering, files: ControllerFiles): unknown {
  const path = [...entry.path, entry.resource.kind];
  if (entry.resource.kind === 'assert' && isMap(entry.params)) return assertParams(entry, entry.params, rendering);
  const params = renderAt(shown(entry), entry, path, rendering);
  if (entry.resource.kind !== 'template' || !isMap(params) || typeof params.src !== 'string') return params;
  const given = params.data ?? {};
  const text = readTemplate(params.src, files);
  if (text === undefined || !isMap(given)) return params;
  const data: Record<string, unknown> = Object.create(null);
  for (const { root } of namesIn(text)) {
    if (!Object.hasOwn(rendering.scope, root) || Object.hasOwn(given, root)) continue;
    const place = () => entry.source.placeOf([...path, 'src'], 'value');
    const value = guard(params.src, place, rendering, () => ({ value: variableValue(root, rendering.scope) }));
    if (value === undefined) return failed;
    data[root] = value.value;
  }
  return { ...params, data: { ...data, ...given } };
}

/** `debug: {var: NAME}` shows the value under its name. */
function shown({ resource, params }: TaskEntry): unknown {
  if (resource.kind !== 'debug' || !isMap(params) || typeof params.var !== 'string') return params;
  const name = params.var;
  const { var: _, ...others } = params;
  return { ...others, msg: `${name} = {{json ${/\s/.test(name) ? `(${name})` : name}}}` };
}

/** Conditions that hold become `true`; the others stay as they were written. */
function assertParams(
  entry: TaskEntry,
  { that, ...others }: Readonly<Record<string, unknown>>,
  rendering: Rendering,
): unknown {
  const path = [...entry.path, 'assert'];
  const params = renderAt(others, entry, path, rendering);
  const conditions = (Array.isArray(that) ? that : [that]).map((condition: unknown, index) => {
    if (typeof condition !== 'string') return condition;
    const at = Array.isArray(that) ? [...path, 'that', index] : [...path, 'that'];
    const place = () => entry.source.placeOf(at, 'value');
    const holds = guard(condition, place, rendering, () => evaluateCondition(condition, rendering.scope));
    return holds === undefined ? failed : holds === false ? condition : holds;
  });
  if (params === failed || conditions.includes(failed)) return failed;
  return { ...(isMap(params) ? params : {}), ...(that !== undefined && { that: conditions }) };
}

function readTemplate(src: string, files: ControllerFiles): string | undefined {
  try {
    return readTextFile(files.template(src));
  } catch {
    return undefined;
  }
}

function namesIn(text: string): ReturnType<typeof namesInText> {
  try {
    return namesInText(text);
  } catch (error) {
    if (error instanceof TemplateError) return [];
    throw error;
  }
}

function guard<Result>(
  text: string,
  place: () => Place,
  { variables, report }: Rendering,
  run: () => Result,
): Result | undefined {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    report(templateMistake(error, text, place(), variables));
    return undefined;
  }
}
