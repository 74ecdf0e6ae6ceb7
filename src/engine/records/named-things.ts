import { basename } from 'node:path';
import { entryKey } from '../../model/records.js';
import type { Stage, Task, TaskItem } from '../../model/task.js';
import type { MadeRecord } from './written-records.js';

/** Thing that an earlier run made and the site no longer names. */
export interface Leftover extends MadeRecord {
  /** Set where it is an entry of a list, and a task of that list has force. */
  readonly isForced: boolean;
  /** Keys of entries of a file that goes as a whole. */
  readonly entries: readonly string[];
}

/**
 * Everything that the tasks of a host name in a run, by its keys in the host's records. What a condition skips is named as
 * well: the site still has it.
 */
export class NamedThings {
  readonly #keys = new Set<string>();
  /** Files of whose entries those that are ours are to be as the site has them. */
  readonly #forced = new Set<string>();
  readonly #tasks = new Set<string>();
  readonly #roles = new Set<string>();
  readonly #files = new Set<string>();
  readonly #ahead = new Set<Stage>();
  #isUnknown = false;

  /** Learns of items, with all that is in them. */
  add(items: readonly TaskItem[]): void {
    for (const item of items) this.#add(item);
  }

  /** Notes that a stage has given its tasks. */
  reach(stage: Stage): void {
    this.#ahead.delete(stage);
  }

  /** Tells whether all tasks of the site are known: nothing was left that gives its tasks only when it is reached. */
  get isComplete(): boolean {
    return this.#ahead.size === 0 && !this.#isUnknown;
  }

  /** Tells whether the site names a thing that an earlier run made. */
  has({ key, task, of, role, file }: Pick<MadeRecord, 'key' | 'task' | 'of' | 'role' | 'file'>): boolean {
    // A file has entries that its task no longer names; whatever else a task makes goes with the task alone.
    const isWhole = !key.startsWith('entry:');
    return (
      this.#keys.has(key) ||
      (isWhole && this.#keys.has(of)) ||
      this.#hasSkipped(role, task) ||
      (role !== undefined && this.#roles.has(role)) ||
      (file !== undefined && this.#files.has(file))
    );
  }

  /** Tells whether a task that names entries of the same file has force. */
  isForced(key: string): boolean {
    return [...this.#forced].some((path) => key.startsWith(entryKey(path, '')));
  }

  /** A skipped task without a name of its own has that of its kind: it may have been any of these. */
  #hasSkipped(role: string | undefined, task: string): boolean {
    const kind = /^\w+(?= )/.exec(task)?.[0];
    return this.#tasks.has(nameOf(role, task)) || (kind !== undefined && this.#tasks.has(nameOf(role, kind)));
  }

  #add(item: TaskItem): void {
    switch (item.kind) {
      case 'task':
        this.#addTask(item);
        return;
      case 'stage':
        this.#ahead.add(item);
        // Its tasks depend on what was found on the host: those of another day are the site's as well.
        if (item.role !== undefined) this.#roles.add(item.role);
        return;
      case 'block':
        for (const part of [item.tasks, item.rescue, item.always]) this.add(part ?? []);
        return;
      case 'skipped': {
        const { name, role, within, loop } = item;
        if (loop?.count === 0) return; // A loop without items stands for nothing.
        if (name === `role ${role}`) this.#roles.add(String(role));
        this.#tasks.add(nameOf(role, name));
        if (within === 'unknown') this.#isUnknown = true;
        for (const file of (within !== 'unknown' && within?.files) || []) this.#files.add(basename(file));
        for (const inner of (within !== 'unknown' && within?.roles) || []) this.#roles.add(inner);
        return;
      }
      case 'flush':
        return;
    }
  }

  #addTask({ resource }: Task): void {
    const { kind, id, provides, entries } = resource;
    this.#keys.add(`${kind}:${id}`);
    for (const ref of provides) if (ref.startsWith('path:')) this.#keys.add(ref);
    if (entries === undefined) return;
    for (const name of entries.names) this.#keys.add(entryKey(entries.path, name));
    if (entries.force === true) this.#forced.add(entries.path);
  }
}

function nameOf(role: string | undefined, task: string): string {
  return `${role ?? ''}\0${task}`;
}
