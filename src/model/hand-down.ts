import type { Become, OutcomeWords, Task, TaskItem } from './task.js';

/** Words of a block or stage that hold for all tasks in it. */
export interface InheritedWords extends Pick<OutcomeWords, 'ignoreErrors' | 'noLog'> {
  readonly tags?: readonly string[] | undefined;
  readonly role?: string | undefined;
  readonly become?: Become | undefined;
  readonly notify?: readonly (Task | string)[] | undefined;
  readonly runOnce?: boolean | undefined;
  readonly update?: boolean | undefined;
}

/** Returns an item with the words of what is around it, unless it has its own; tags and handlers add up. */
export function handDown(item: TaskItem, words: InheritedWords): TaskItem {
  const within = (items: readonly TaskItem[]) => items.map((each) => handDown(each, words));
  switch (item.kind) {
    case 'flush':
      return item;
    case 'skipped':
      return { ...item, ...toAll(item, words) };
    case 'task':
      return { ...item, ...toAll(item, words), ...toTask(item, words), ...outcomeWords(item, words) };
    case 'stage':
      return {
        ...item,
        ...toAll(item, words),
        ...outcomeWords(item, words),
        tasks: async (results) => within(await item.tasks(results)),
      };
    case 'block':
      return {
        ...item,
        ...toAll(item, words),
        tasks: within(item.tasks),
        ...(item.rescue && { rescue: within(item.rescue) }),
        ...(item.always && { always: within(item.always) }),
      };
  }
}

function toAll(item: Pick<Task, 'tags' | 'role'>, words: InheritedWords): Pick<Task, 'tags' | 'role'> {
  const tags = [...new Set([...(words.tags ?? []), ...(item.tags ?? [])])];
  const role = item.role ?? words.role;
  return { ...(tags.length > 0 && { tags }), ...(role !== undefined && { role }) };
}

function toTask(task: Task, words: InheritedWords): Pick<Task, 'become' | 'notify' | 'runOnce' | 'update'> {
  const become = task.become ?? words.become;
  const notify = [...new Set([...(task.notify ?? []), ...(words.notify ?? [])])];
  return {
    ...(become !== undefined && { become }),
    ...(notify.length > 0 && { notify }),
    ...((task.runOnce ?? words.runOnce) && { runOnce: true }),
    ...((task.update ?? words.update) && { update: true }),
  };
}

function outcomeWords(item: Pick<OutcomeWords, 'ignoreErrors' | 'noLog'>, words: InheritedWords) {
  return {
    ...((item.ignoreErrors ?? words.ignoreErrors) && { ignoreErrors: true }),
    ...((item.noLog ?? words.noLog) && { noLog: true }),
  };
}
