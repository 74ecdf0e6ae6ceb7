import type { z } from 'zod';
import { rememberDefinition } from './definition-place.js';
import { isRecord } from './is-record.js';
import { keepSecrets } from './marks/secret.js';
import type { RecordedTask } from './records.js';
import type { Resource } from './resource.js';
import type { ResourceFactory, ResourceKind, Retry, Task, TaskOptions } from './task.js';

/**
 * Defines a kind of resource: the function that roles call, with the schema that sites are checked against.
 *
 * @example
 * export const link = defineResource({
 *   kind: 'link', summary: 'A symbolic link',
 *   params: z.strictObject({ path: absolutePath, target: z.string() }),
 *   create: (params) => ({ kind: 'link', id: params.path, … }),
 * });
 *
 * A site's parameters are values with templates in them. A resource that takes something else as well renders them itself:
 *
 * @example
 * export const expect = defineResource({
 *   kind: 'expect', summary: 'A condition that must hold',
 *   params: z.strictObject({ that: z.boolean(), message: z.string() }),
 *   render: ({ that, ...others }, to) => ({
 *     ...Object(to.value(others)),
 *     that: to.condition(String(that), ['that']), // as under `when`
 *   }),
 *   create: ({ that, message }) => ({ kind: 'expect', id: message, … }),
 * });
 */
export function defineResource<Params extends z.ZodType, State>(
  definition: Pick<ResourceKind, 'kind' | 'summary' | 'sources' | 'render'> & {
    readonly params: Params;
    create(params: z.output<Params>): Resource<State>;
  },
): ResourceFactory<Params> {
  const params = definition.params.superRefine(refuseNul);
  const where = new Error('defined here');
  const create = (given: z.output<Params>): Resource<State> => {
    const resource = definition.create(given);
    if (typeof resource !== 'object' || resource === null)
      throw new TypeError(`the resource ${definition.kind}: create returned no resource`);
    rememberDefinition(resource, where);
    recordedTasks.set(resource, { kind: definition.kind, params: given });
    return resource;
  };
  const factory = (input: z.input<Params> & TaskOptions): Task => {
    const { options, rest } = splitOptions(input as Readonly<Record<string, unknown>>);
    const given = params.parse(rest);
    keepSecrets(params, given);
    return taskOf(create(given), options);
  };
  return Object.assign(factory, definition, { params, create });
}

const recordedTasks = new WeakMap<object, RecordedTask>();

/** Returns kind and parameters of a resource; undefined where it was not made by {@link defineResource}. */
export function recordedTaskOf(resource: Resource): RecordedTask | undefined {
  return recordedTasks.get(resource);
}

/** Parameters whose texts are sent as bytes, or only shown. All others become words of a shell, which end at a NUL. */
const mayHoldNul: readonly PropertyKey[] = ['content', 'stdin', 'data', 'merge', 'msg'];

/** Refuses a NUL in a text of the parameters, at its place. */
function refuseNul(value: unknown, context: z.RefinementCtx, path: readonly PropertyKey[] = []): void {
  if (path[0] !== undefined && mayHoldNul.includes(path[0])) return;
  if (typeof value === 'string') {
    if (value.includes('\0')) context.addIssue({ code: 'custom', path: [...path], message: 'must not hold a NUL' });
  } else if (Array.isArray(value)) {
    for (const [index, each] of value.entries()) refuseNul(each, context, [...path, index]);
  } else if (isRecord(value)) {
    for (const [key, each] of Object.entries(value)) {
      refuseNul(key, context, path);
      refuseNul(each, context, [...path, key]);
    }
  }
}

/** Makes a task of a resource and the words of a task. */
export function taskOf(resource: Resource, options: TaskOptions): Task {
  const { title, notify, until, retries, delay, delegateTo, ...others } = options;
  const handlers = notify === undefined ? undefined : ([notify].flat() as readonly (Task | string)[]);
  const retry = retryOf(until, retries, delay);
  return {
    kind: 'task',
    // The id itself may be the secret.
    name: title ?? (others.noLog ? resource.kind : `${resource.kind} ${resource.id}`),
    resource,
    ...(handlers === undefined ? {} : { notify: handlers }),
    ...(retry === undefined ? {} : { retry }),
    ...(delegateTo === undefined ? {} : { delegate: delegateTo }),
    ...others,
  };
}

/** Returns the retries of a task, with Ansible's defaults where one of the words is missing; undefined for none. */
export function retryOf(
  until: Retry['until'],
  retries: number | undefined,
  delay: number | undefined,
): Retry | undefined {
  if (until === undefined && retries === undefined) return undefined;
  return { ...(until === undefined ? {} : { until }), retries: retries ?? 3, delay: delay ?? 5 };
}

/** Names of the task's own options in TypeScript; all others are the resource's. */
const optionNames = [
  'title',
  'when',
  'notify',
  'become',
  'tags',
  'register',
  'runOnce',
  'update',
  'removal',
  'delegateTo',
  'until',
  'retries',
  'delay',
  'changedWhen',
  'failedWhen',
  'ignoreErrors',
  'noLog',
] as const;

function splitOptions(input: Readonly<Record<string, unknown>>) {
  const options: Record<string, unknown> = {};
  const rest: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(input)) {
    const kept = optionNames.some((name) => name === key) ? options : rest;
    kept[key] = value;
  }
  return { options: options as TaskOptions, rest };
}
