import type { z } from 'zod';
import type { Place } from '../diagnostics/diagnostic.js';
import type { Resource } from './resource.js';

/** What a finished task left for those after it, under the name given with `register`. */
export interface TaskResult {
  readonly changed: boolean;
  readonly failed: boolean;
  readonly skipped: boolean;
  readonly kept: boolean;
  readonly [key: string]: unknown;
}

/** Registered results of the host so far. */
export type Results = ReadonlyMap<string, unknown>;

/** Who a task runs as. `false`: the user who logged in. */
export type Become = false | { readonly user: string };

/**
 * Judges how a task came out, from its own result: whether it changed something, failed, or is done. `results` are
 * those of earlier tasks.
 */
export type Judgement = (result: TaskResult, results: Results) => boolean;

/** Trying a task again until its result is as wanted. Each try measures anew. */
export interface Retry {
  /** Asked after each try; default: it did not fail. */
  readonly until?: Judgement;
  /** Tries after the first. */
  readonly retries: number;
  /** Seconds between two tries. */
  readonly delay: number;
}

/** Words that say how a task's outcome is taken. */
export interface OutcomeWords {
  /** Whether it counts as a change, in place of what was seen; `false`: never, and no handler is notified. */
  readonly changedWhen?: boolean | Judgement;
  /** Whether it failed, in place of what was seen; `false`: never. */
  readonly failedWhen?: boolean | Judgement;
  /** Its failure is told and counted, and the host goes on. A host that can't be reached is not meant. */
  readonly ignoreErrors?: boolean;
  /** Nothing of it is shown but its name and how it ended. What it registers can be used as ever. */
  readonly noLog?: boolean;
}

/** A resource with the words that Ansible users know. */
export interface Task extends OutcomeWords {
  readonly kind: 'task';
  readonly name: string;
  readonly resource: Resource;
  /** Asked when the task is reached; a task whose condition is false is skipped. */
  readonly when?: (results: Results) => boolean;
  /** Handlers to run at the next flush if this task changes something: the handler itself, or the name of one of the play's. */
  readonly notify?: readonly (Task | string)[];
  /** Of a handler: topics that it listens to, beside its name. */
  readonly listen?: readonly string[];
  readonly become?: Become;
  readonly tags?: readonly string[];
  readonly register?: string;
  /** One entry of a `register`ed loop: results are collected in `results`. */
  readonly loop?: { readonly index: number; readonly count: number; readonly item: unknown };
  readonly runOnce?: boolean;
  /** The host that it is done on instead, with the facts of that host. What it registers and notifies stays here. */
  readonly delegate?: string;
  readonly retry?: Retry;
  /** Name of the role it belongs to. */
  readonly role?: string;
  /** Where it was written. */
  readonly place?: Place;
}

/** Tasks that can't be known before the ones ahead of them have run. The engine looks ahead only up to here. */
export interface Stage extends Pick<OutcomeWords, 'ignoreErrors' | 'noLog'> {
  readonly kind: 'stage';
  readonly name: string;
  tasks(results: Results): readonly TaskItem[] | Promise<readonly TaskItem[]>;
  readonly tags?: readonly string[];
  /** What became of it is registered where there are no tasks of it: it failed, or can't be known in check mode. */
  readonly register?: string;
  /** Tasks known to be in it: the stage is reached when the tags of one of them are asked for. */
  readonly within?: readonly { readonly name?: string; readonly tags: readonly string[] }[];
  readonly role?: string;
  readonly place?: Place;
}

/** Runs the handlers that are due, here. */
export interface Flush {
  readonly kind: 'flush';
}

/** A task that the host doesn't get, decided before it could be made: reported as skipped, never probed. */
export interface Skipped {
  readonly kind: 'skipped';
  readonly name: string;
  /** Why, for the report: `when: eq facts.os_family "redhat"`. */
  readonly reason: string;
  readonly tags?: readonly string[];
  readonly register?: string;
  readonly loop?: Task['loop'];
  readonly role?: string;
  readonly place?: Place;
}

/**
 * Tasks that belong together. When one of them fails, the rest is left out and those of `rescue` run instead; the host
 * goes on when they succeed. Those of `always` run after either.
 */
export interface Block {
  readonly kind: 'block';
  readonly name: string;
  readonly tasks: readonly TaskItem[];
  readonly rescue?: readonly TaskItem[];
  readonly always?: readonly TaskItem[];
  /** Asked once, when the block is reached; when it is false, its tasks and those of `always` are skipped. */
  readonly when?: (results: Results) => boolean;
  readonly tags?: readonly string[];
  readonly role?: string;
  readonly place?: Place;
}

export type TaskItem = Task | Stage | Flush | Skipped | Block;

/** What any task of a role may carry beside the parameters of its resource. */
export interface TaskOptions extends OutcomeWords {
  /** Name of the task in reports; default: the kind and what it is about. (`name` is often the resource's own.) */
  readonly title?: string;
  readonly when?: (results: Results) => boolean;
  readonly notify?: Task | string | readonly (Task | string)[];
  readonly become?: Become;
  readonly tags?: readonly string[];
  readonly register?: string;
  readonly runOnce?: boolean;
  /** Name of a host of the inventory, or `localhost`, that it is done on instead; what it registers and notifies stays here. */
  readonly delegateTo?: string;
  /** Tried again until this holds; without `retries`, 3 times. */
  readonly until?: Judgement;
  /** Tries after the first; without `until`, until one does not fail. */
  readonly retries?: number;
  /** Seconds between two tries; default 5. */
  readonly delay?: number;
}

/** A kind of resource, as a site knows it: by its name and the schema of its parameters. */
export interface ResourceKind {
  readonly kind: string;
  readonly summary: string;
  readonly params: z.ZodType;
  /** Makes the bare resource from parameters that `params` has checked. */
  create(params: unknown): Resource;
}

/** A kind of resource as roles use it: a function from parameters to a task. */
export interface ResourceFactory<Params extends z.ZodType> extends ResourceKind {
  (params: z.input<Params> & TaskOptions): Task;
  readonly params: Params;
  create(params: z.output<Params>): Resource;
}

export function stage(name: string, tasks: Stage['tasks'], options: Pick<Stage, 'tags'> = {}): Stage {
  return { kind: 'stage', name, tasks, ...options };
}

export const flushHandlers: Flush = { kind: 'flush' };
