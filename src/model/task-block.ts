import { handDown } from './hand-down.js';
import type { Block, TaskItem, TaskOptions } from './task.js';

/** The parts of a block, and what is said for all of its tasks. */
export interface BlockOptions
  extends Pick<TaskOptions, 'title' | 'when' | 'become' | 'tags' | 'notify' | 'runOnce' | 'ignoreErrors' | 'noLog'> {
  readonly tasks: readonly TaskItem[];
  /** Run when one of `tasks` fails, in place of the rest of them. */
  readonly rescue?: readonly TaskItem[];
  /** Run after the others, whether they failed or not. */
  readonly always?: readonly TaskItem[];
}

/**
 * Tasks that belong together, with what to do when one of them fails, and what to do at the end in any case.
 *
 * @example
 * taskBlock({
 *   tasks: [service({ name: 'app', state: 'stopped' }), command({ cmd: 'app migrate', unless: 'app migrated' })],
 *   rescue: [command({ cmd: 'app rollback', always: true })],
 *   always: [service({ name: 'app', state: 'started' })],
 * })
 */
export function taskBlock({ title, when, tasks, rescue, always, notify, ...words }: BlockOptions): Block {
  const handed = { ...words, notify: notify === undefined ? undefined : [notify].flat() };
  const within = (items: readonly TaskItem[]) => items.map((item) => handDown(item, handed));
  return {
    kind: 'block',
    name: title ?? 'block',
    tasks: within(tasks),
    ...(rescue && { rescue: within(rescue) }),
    ...(always && { always: within(always) }),
    ...(when && { when }),
    ...(words.tags && { tags: words.tags }),
  };
}
