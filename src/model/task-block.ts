import { handDown } from './hand-down.js';
import type { Block, TaskItem, TaskOptions } from './task.js';

/** Parts of a block, and words for all of its tasks. */
export interface BlockOptions
  extends Pick<
    TaskOptions,
    'title' | 'when' | 'become' | 'tags' | 'notify' | 'runOnce' | 'update' | 'ignoreErrors' | 'noLog'
  > {
  readonly tasks: readonly TaskItem[];
  /** Items that run when one of `tasks` fails, instead of the rest. */
  readonly rescue?: readonly TaskItem[];
  /** Items that run after the others, even after a failure. */
  readonly always?: readonly TaskItem[];
}

/**
 * Makes a block: tasks that belong together, others for when one of them fails, and others that always run at the end.
 *
 * @example
 * taskBlock({
 *   tasks: [service({ name: 'app', state: 'stopped' }), command({ cmd: 'app migrate', unless: 'app migrated' })],
 *   rescue: [command({ cmd: 'app rollback', always: true })],
 *   always: [service({ name: 'app', state: 'started' })],
 * })
 */
export function taskBlock({ title, when, tasks, rescue, always, notify, ...words }: BlockOptions): Block {
  const inherited = { ...words, notify: notify === undefined ? undefined : [notify].flat() };
  const within = (items: readonly TaskItem[]) => items.map((item) => handDown(item, inherited));
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
