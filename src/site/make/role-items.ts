import { ZodError } from 'zod';
import { type Diagnostic, InputError } from '../../diagnostics/diagnostic.js';
import type { Facts } from '../../model/facts.js';
import type { HostContext } from '../../model/resource.js';
import type { RunFlags } from '../../model/role.js';
import type { Results, Task, TaskItem } from '../../model/task.js';
import { Later } from '../../vars/template/template-value.js';
import type { RoleEntry, Words } from '../blueprint/blueprint.js';
import { roleVars } from '../check/role-vars.js';
import { checkDelegate } from '../hosts/delegation.js';
import { withReason } from '../render/missing-result.js';
import { holds, type Rendering } from '../render/render-entry.js';
import type { Making } from './task-items.js';

/** What the tasks of roles are made with, beside what all tasks are. */
export interface RoleMaking extends Making {
  readonly context: HostContext & { readonly facts: Facts };
  readonly flags: RunFlags;
}

/**
 * The tasks of a role for one host. Its condition is decided once, here, not again for each of its tasks; a condition
 * or variable that depends on results of earlier tasks makes a stage of it.
 *
 * @throws InputError for mistakes that show only now
 */
export function roleItems(entry: RoleEntry, making: RoleMaking): readonly TaskItem[] {
  const mistakes: Diagnostic[] = [];
  const scope = making.scopes.of(entry);
  const rendering: Rendering = {
    scope,
    variables: making.scopes.variablesOf(entry),
    report: (mistake) => mistakes.push(withReason(mistake, entry, scope)),
  };
  const { role, place } = entry;
  const tags = entry.words.tags;
  const condition = holds(entry, rendering);
  if (condition === undefined) throw new InputError(mistakes);
  if (condition === false) {
    const reason = `when: ${entry.when.join(' and ')}`;
    return [{ kind: 'skipped', name: `role ${role.name}`, reason, tags, role: role.name, place }];
  }
  const vars = condition === true ? roleVars(entry, rendering) : condition;
  if (vars === undefined) throw new InputError(mistakes);
  if (vars instanceof Later) {
    const tasks = (results: Results) => roleItems(entry, { ...making, scopes: making.scopes.with(results) });
    return [{ kind: 'stage', name: `role ${role.name}`, tasks, tags, role: role.name, place }];
  }
  return decorated(tasksOfRole(entry, vars, making), entry, making);
}

function tasksOfRole(
  entry: RoleEntry,
  vars: Readonly<Record<string, unknown>>,
  making: RoleMaking,
): readonly TaskItem[] {
  const { context, flags } = making;
  try {
    return entry.role.tasks({ vars, facts: context.facts, host: context, flags, inventoryHostname: context.name });
  } catch (error) {
    if (!(error instanceof ZodError)) throw error;
    throw new InputError(
      error.issues.map(({ path, message }) => ({
        code: 'wrong-variable',
        message: `role ${entry.role.name}: ${path.length === 0 ? '' : `${path.join('.')}: `}${message}`,
        place: entry.place,
      })),
    );
  }
}

/** Gives a role's tasks what is handed down to them: its name, tags, become, and the place where the role is named. */
function decorated(items: readonly TaskItem[], entry: RoleEntry, making: RoleMaking): readonly TaskItem[] {
  const handlers = new Map<Task, Task>();
  const handler = (given: Task): Task => {
    const made = handlers.get(given) ?? decoratedTask(given, { ...entry.words, notify: [], ignoreErrors: false });
    handlers.set(given, made);
    return made;
  };
  const decoratedTask = (task: Task, words: Words): Task => {
    checkDelegate(task, entry, making.scopes);
    const named = [...new Set([...(task.notify ?? []), ...words.notify])];
    const notify = named.filter((to) => typeof to !== 'string' || making.handlersFor([to]).length > 0);
    return {
      ...task,
      ...inherited(task, entry),
      become: task.become ?? making.becomeOf(entry, task.delegate),
      ...(notify.length > 0 && { notify: notify.map((to) => (typeof to === 'string' ? to : handler(to))) }),
      ...((task.runOnce ?? words.runOnce) && { runOnce: true }),
      ...((task.ignoreErrors ?? words.ignoreErrors) && { ignoreErrors: true }),
      ...((task.noLog ?? words.noLog) && { noLog: true }),
    };
  };
  const decoratedItem = (item: TaskItem): TaskItem => {
    switch (item.kind) {
      case 'flush':
        return item;
      case 'skipped':
        return { ...item, ...inherited(item, entry) };
      case 'block':
        return {
          ...item,
          ...inherited(item, entry),
          tasks: item.tasks.map(decoratedItem),
          ...(item.rescue && { rescue: item.rescue.map(decoratedItem) }),
          ...(item.always && { always: item.always.map(decoratedItem) }),
        };
      case 'task':
        return decoratedTask(item, entry.words);
      case 'stage':
        return {
          ...item,
          ...inherited(item, entry),
          ...((item.ignoreErrors ?? entry.words.ignoreErrors) && { ignoreErrors: true }),
          ...((item.noLog ?? entry.words.noLog) && { noLog: true }),
          tasks: async (results) => (await item.tasks(results)).map(decoratedItem),
        };
    }
  };
  return items.map(decoratedItem);
}

function inherited(item: Pick<Task, 'tags' | 'role' | 'place'>, entry: RoleEntry) {
  return {
    tags: [...new Set([...entry.words.tags, ...(item.tags ?? [])])],
    role: item.role ?? entry.role.name,
    place: item.place ?? entry.place,
  };
}
