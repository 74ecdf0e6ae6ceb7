import type { HostProgram, Play } from '../model/play.js';
import type { TaskItem } from '../model/task.js';

/** Whether a task is the one that is meant. */
export type IsMeant = (task: { readonly name: string; readonly role?: string | undefined }) => boolean;

/**
 * What `--start-at-task` means: a name, or `role : name`, with `*`, `?` and `[…]` as in file names. Templates, in either,
 * stand for anything.
 */
export function taskNamed(pattern: string): IsMeant {
  const wanted = globOf(pattern.replace(/\{\{.*?\}\}/g, '*'));
  return ({ name, role }) =>
    [name, `${role} : ${name}`].some(
      (each) => wanted.test(each) || (each.includes('{{') && templateOf(each).test(pattern)),
    );
}

/** The same play for a host that begins at a task. Handlers that an earlier run left due are known as ever. @param none told of hosts that have no such task */
export function startingAt(play: Play, isMeant: IsMeant, none: (host: string) => void): Play {
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

/** The items from the one that is meant, or holds it; undefined where none does. */
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

function globOf(pattern: string): RegExp {
  const source = pattern.replace(/\[!?[^\]]+\]|[\s\S]/g, (part) => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    if (part.length > 1) return part.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
    return part.replace(/[\\^$.|+(){}[\]/]/, '\\$&');
  });
  return new RegExp(`^${source}$`, 's');
}

function templateOf(name: string): RegExp {
  const texts = name.split(/\{\{.*?\}\}/).map((text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  return new RegExp(`^${texts.join('.*')}$`, 's');
}
