import type { z } from 'zod';
import type { Place } from '../diagnostics/diagnostic.js';
import type { ParamsRenderer } from './params-renderer.js';
import type { Removal } from './records.js';
import type { Resource } from './resource.js';

/** Result of a task, kept for later ones under the name given with `register`. */
export interface TaskResult {
  readonly changed: boolean;
  readonly failed: boolean;
  readonly skipped: boolean;
  readonly kept: boolean;
  readonly [key: string]: unknown;
}

/** Registered results of the host so far. */
export type Results = ReadonlyMap<string, unknown>;

/** User that a task runs as. `false`: the one who logged in. */
export type Become = false | { readonly user: string };

/** Judge of a task's own result: has it changed something, failed, or is it done? `results` are those of earlier tasks. */
export type Judgement = (result: TaskResult, results: Results) => boolean;

/** Retries of a task until its result is as wanted. Each attempt measures anew. */
export interface Retry {
  /** Evaluated after each attempt; default: it did not fail. */
  readonly until?: Judgement;
  /** Most attempts after the first. */
  readonly retries: number;
  /** Seconds between two attempts. */
  readonly delay: number;
}

/** Words that decide about a task's outcome, or about what is shown of it. */
export interface OutcomeWords {
  /** Verdict on a change, in place of the measured one; `false`: never a change, and no handler is notified. */
  readonly changedWhen?: boolean | Judgement;
  /** Verdict on a failure, in place of the measured one; `false`: never a failure. */
  readonly failedWhen?: boolean | Judgement;
  /** Lets the host go on after a failure, which is reported and counted. Unreachable hosts are another matter. */
  readonly ignoreErrors?: boolean;
  /** Hides everything but its name and outcome. Its registered result can be used all the same. */
  readonly noLog?: boolean;
}

/** Resource with the words that Ansible users know. */
export interface Task extends OutcomeWords {
  readonly kind: 'task';
  readonly name: string;
  readonly resource: Resource;
  /** Condition, evaluated when the task is reached; where it is false, the task is skipped. */
  readonly when?: (results: Results) => boolean;
  /** Handlers to run at the next flush after a change: the handler itself, or the name of one of the play's. */
  readonly notify?: readonly (Task | string)[];
  /** Topics that a handler listens to, beside its name. */
  readonly listen?: readonly string[];
  readonly become?: Become;
  readonly tags?: readonly string[];
  readonly register?: string;
  /** Entry of a loop: with `register`, the results of all entries are collected in `results`. */
  readonly loop?: { readonly index: number; readonly count: number; readonly item: unknown };
  readonly runOnce?: boolean;
  /** Updates what provision has written and nobody has edited since, as `--update` does for everything. */
  readonly update?: boolean;
  /** Removal of what it makes, for the day on which the site no longer names it; default: the resource's own. */
  readonly removal?: Removal;
  /** Host that it runs on instead, with the facts of that host. Its result and its handlers stay here. */
  readonly delegate?: string;
  readonly retry?: Retry;
  /** Name of the role it belongs to. */
  readonly role?: string;
  /** Place where it was written. */
  readonly place?: Place;
}

/** Tasks that can't be known before the ones ahead of them have run. The engine looks ahead only up to here. */
export interface Stage extends Pick<OutcomeWords, 'ignoreErrors' | 'noLog'> {
  readonly kind: 'stage';
  readonly name: string;
  tasks(results: Results): readonly TaskItem[] | Promise<readonly TaskItem[]>;
  readonly tags?: readonly string[];
  /** Name for its own result, where it gives no tasks: it failed, or is unknown in check mode. */
  readonly register?: string;
  /** Tasks known to be in it: the stage is selected by the tags of any of them. */
  readonly within?: readonly { readonly name?: string; readonly tags: readonly string[] }[];
  readonly role?: string;
  readonly place?: Place;
}

/** Point at which the due handlers run. */
export interface Flush {
  readonly kind: 'flush';
}

/** Task that is skipped before it could be made: reported as skipped, never probed. */
export interface Skipped {
  readonly kind: 'skipped';
  readonly name: string;
  /** Reason for the report: `when: eq facts.os_family "redhat"`. */
  readonly reason: string;
  readonly tags?: readonly string[];
  readonly register?: string;
  readonly loop?: Task['loop'];
  readonly role?: string;
  readonly place?: Place;
  /** Files and roles whose tasks it stands for; `unknown` where they can't be known before it is reached. */
  readonly within?: { readonly files: readonly string[]; readonly roles: readonly string[] } | 'unknown';
}

/**
 * Tasks that belong together. When one of them fails, the rest is skipped and those of `rescue` run instead; the host goes
 * on when they succeed. Those of `always` run after either.
 */
export interface Block {
  readonly kind: 'block';
  readonly name: string;
  readonly tasks: readonly TaskItem[];
  readonly rescue?: readonly TaskItem[];
  readonly always?: readonly TaskItem[];
  /** Condition, evaluated once when the block is reached; where it is false, all of its tasks are skipped. */
  readonly when?: (results: Results) => boolean;
  readonly tags?: readonly string[];
  readonly role?: string;
  readonly place?: Place;
}

/** Item of a play's list of tasks. */
export type TaskItem = Task | Stage | Flush | Skipped | Block;

/** Options of any task of a role, beside the parameters of its resource. */
export interface TaskOptions extends OutcomeWords {
  /** Name of the task in reports; default: kind and id. (`name` is often the resource's own.) */
  readonly title?: string;
  readonly when?: (results: Results) => boolean;
  readonly notify?: Task | string | readonly (Task | string)[];
  readonly become?: Become;
  readonly tags?: readonly string[];
  readonly register?: string;
  readonly runOnce?: boolean;
  /** Updates what provision has written and nobody has edited since, as `--update` does for everything. */
  readonly update?: boolean;
  /** Removal of what it makes, for the day on which the site no longer names it; default: the resource's own. */
  readonly removal?: Removal;
  /** Host of the inventory, or `localhost`, that it runs on instead; its result and its handlers stay here. */
  readonly delegateTo?: string;
  /** Condition until which it is retried; without `retries`, 3 times. */
  readonly until?: Judgement;
  /** Most attempts after the first; without `until`, until one does not fail. */
  readonly retries?: number;
  /** Seconds between two attempts; default 5. */
  readonly delay?: number;
}

/** Kind of resource, as a site knows it: by its name and the schema of its parameters. */
export interface ResourceKind {
  readonly kind: string;
  readonly summary: string;
  readonly params: z.ZodType;
  /** Parameters that name a file of the controller: a site's are looked for, and templates tried, before the run. */
  readonly sources?: Readonly<Record<string, 'file' | 'template'>>;
  /**
   * Renders the parameters that a site gives, where not all of them are values with templates in them: conditions, the
   * name of a variable. Gives what `params` then checks. It is also called without a host, to find the names that are used:
   * every value is unknown then.
   */
  render?(written: Readonly<Record<string, unknown>>, to: ParamsRenderer): unknown;
  /** Makes the bare resource from parameters that `params` has checked. */
  create(params: unknown): Resource;
}

/** Kind of resource as roles use it: a function from parameters to a task. */
export interface ResourceFactory<Params extends z.ZodType> extends ResourceKind {
  (params: z.input<Params> & TaskOptions): Task;
  readonly params: Params;
  create(params: z.output<Params>): Resource;
}

/** Makes a stage: a function that returns more tasks when it is reached. */
export function stage(name: string, tasks: Stage['tasks'], options: Pick<Stage, 'tags'> = {}): Stage {
  return { kind: 'stage', name, tasks, ...options };
}

/** Item that runs the due handlers at its place. */
export const flushHandlers: Flush = { kind: 'flush' };
