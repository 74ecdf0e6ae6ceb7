import type { HostProgram, Play } from '../../model/play.js';
import type { TaskItem } from '../../model/task.js';
import { shellTest, textsInOrderTest } from '../../patterns/wildcards.js';

/** Test for the task that is meant. */
export type IsMeant = (task: { readonly name: string; readonly role?: string | undefined }) => boolean;

/**
 * Returns a test for the tasks that `--start-at-task` means: a name, or `role : name`, with `*`, `?` and `[…]` as in file
 * names. A template in either matches anything.
 */
export function taskNameTest(pattern: string): IsMeant {
  const wanted = shellTest(betweenTemplates(pattern).join('*'));
  return ({ name, role }) =>
    [name, `${role} : ${name}`].some(
      (each) => wanted(each) || (each.includes('{{') && textsInOrderTest(betweenTemplates(each))(pattern)),
    );
}

/**
 * Returns a play that starts at a task. Handlers that an earlier run left due are known all the same.
 *
 * @param none called for each host that has no such task
 */
export function startPlayAt(play: Play, isMeant: IsMeant, none: (host: string) => void): Play {
  return {
    ...play,
    program: (context): HostProgram => {
      const { items, handlers } = play.program(context);
      const from = itemsFrom(items, isMeant);
      if (from === undefined) none(context.name);
      return { items: from ?? [], handlers, leftOut: items };
    },
  };
}

/** Returns the items from the one that is meant, or contains it; undefined where none does. */
function itemsFrom(items: readonly TaskItem[], isMeant: IsMeant): readonly TaskItem[] | undefined {
  for (const [index, item] of items.entries()) {
    const begin = itemFrom(item, isMeant);
    if (begin !== undefined) return [begin, ...items.slice(index + 1)];
  }
  return undefined;
}

function itemFrom(item: TaskItem, isMeant: IsMeant): TaskItem | undefined {
  if (item.kind === 'flush') return undefined;
  if (isMeant(item)) return item;
  if (item.kind === 'block') {
    const tasks = itemsFrom(item.tasks, isMeant);
    if (tasks !== undefined) return { ...item, tasks };
    const always = itemsFrom(item.always ?? [], isMeant);
    return always && { ...item, tasks: [], always };
  }
  if (item.kind !== 'stage' || !item.within?.some(({ name }) => name !== undefined && isMeant({ name })))
    return undefined;
  return {
    ...item,
    tasks: async (results) => {
      const given = await item.tasks(results);
      return itemsFrom(given, isMeant) ?? given;
    },
  };
}

/** Returns the parts of a text that lie outside of its templates `{{ … }}`, in order. */
function betweenTemplates(text: string): readonly string[] {
  const texts: string[] = [];
  let from = 0;
  for (let open = text.indexOf('{{'); open >= 0; open = text.indexOf('{{', from)) {
    const close = text.indexOf('}}', open + 2);
    if (close < 0) break;
    texts.push(text.slice(from, open));
    from = close + 2;
  }
  return [...texts, text.slice(from)];
}
