import { ZodError } from 'zod';
import { InputError } from '../../diagnostics/diagnostic.js';
import type { Results, Task, TaskItem } from '../../model/task.js';
import { Later } from '../../vars/template/template-value.js';
import type { RoleEntry } from '../blueprint/blueprint.js';
import { roleVars } from '../check/role-vars.js';
import { checkDelegate } from '../hosts/delegation.js';
import { EntryRenderer } from '../render/entry-renderer.js';
import type { Words } from '../words/inherited-words.js';
import type { ItemsContext } from './items-context.js';

/**
 * Makes the tasks of a role for one host. Its condition is decided once, here, not again for each of its tasks; a condition
 * or variable that depends on results of earlier tasks makes a stage of it.
 *
 * @throws InputError for errors that show only now
 */
export function roleItems(entry: RoleEntry, context: ItemsContext): readonly TaskItem[] {
  const { scopes } = context;
  const renderer = new EntryRenderer(entry, scopes);
  const { role, place } = entry;
  const tags = entry.words.tags;
  const condition = renderer.required(renderer.holds());
  if (condition === false) {
    const reason = `when: ${entry.when.join(' and ')}`;
    return [{ kind: 'skipped', name: `role ${role.name}`, reason, tags, role: role.name, place }];
  }
  const vars = condition === true ? renderer.required(roleVars(renderer)) : condition;
  if (vars instanceof Later) {
    const tasks = (results: Results) => roleItems(entry, { ...context, scopes: scopes.with(results) });
    return [{ kind: 'stage', name: `role ${role.name}`, tasks, tags, role: role.name, place }];
  }
  return decorate(tasksOfRole(entry, vars, context), renderer, context);
}

function tasksOfRole(
  entry: RoleEntry,
  vars: Readonly<Record<string, unknown>>,
  { host, flags }: ItemsContext,
): readonly TaskItem[] {
  try {
    return entry.role.tasks({ vars, facts: host.facts, host, flags, inventoryHostname: host.name });
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
function decorate(
  items: readonly TaskItem[],
  renderer: EntryRenderer<RoleEntry>,
  context: ItemsContext,
): readonly TaskItem[] {
  const { entry } = renderer;
  const handlers = new Map<Task, Task>();
  const handler = (given: Task): Task => {
    const made = handlers.get(given) ?? decorateTask(given, { ...entry.words, notify: [], ignore_errors: false });
    handlers.set(given, made);
    return made;
  };
  const decorateTask = (task: Task, words: Words): Task => {
    checkDelegate(task, entry, context.scopes);
    const named = [...new Set([...(task.notify ?? []), ...words.notify])];
    const notify = named.filter((to) => typeof to !== 'string' || context.handlersFor([to]).length > 0);
    return {
      ...task,
      ...roleParts(task, entry),
      become: task.become ?? context.becomeOf(renderer, task.delegate),
      ...(notify.length > 0 && { notify: notify.map((to) => (typeof to === 'string' ? to : handler(to))) }),
      ...((task.runOnce ?? words.run_once) && { runOnce: true }),
      ...((task.update ?? words.update) && { update: true }),
      ...((task.ignoreErrors ?? words.ignore_errors) && { ignoreErrors: true }),
      ...((task.noLog ?? words.no_log) && { noLog: true }),
    };
  };
  const decorateItem = (item: TaskItem): TaskItem => {
    switch (item.kind) {
      case 'flush':
        return item;
      case 'skipped':
        return { ...item, ...roleParts(item, entry) };
      case 'block':
        return {
          ...item,
          ...roleParts(item, entry),
          tasks: item.tasks.map(decorateItem),
          ...(item.rescue && { rescue: item.rescue.map(decorateItem) }),
          ...(item.always && { always: item.always.map(decorateItem) }),
        };
      case 'task':
        return decorateTask(item, entry.words);
      case 'stage':
        return {
          ...item,
          ...roleParts(item, entry),
          ...((item.ignoreErrors ?? entry.words.ignore_errors) && { ignoreErrors: true }),
          ...((item.noLog ?? entry.words.no_log) && { noLog: true }),
          tasks: async (results) => (await item.tasks(results)).map(decorateItem),
        };
    }
  };
  return items.map(decorateItem);
}

function roleParts(item: Pick<Task, 'tags' | 'role' | 'place'>, entry: RoleEntry) {
  return {
    tags: [...new Set([...entry.words.tags, ...(item.tags ?? [])])],
    role: item.role ?? entry.role.name,
    place: item.place ?? entry.place,
  };
}
