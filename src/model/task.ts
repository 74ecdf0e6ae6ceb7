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

/** A resource with the words that Ansible users know. */
export interface Task {
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
  /** Name of the role it belongs to. */
  readonly role?: string;
  /** Where it was written. */
  readonly place?: Place;
}

/** Tasks that can't be known before the ones ahead of them have run. The engine looks ahead only up to here. */
export interface Stage {
  readonly kind: 'stage';
  readonly name: string;
  tasks(results: Results): readonly TaskItem[] | Promise<readonly TaskItem[]>;
  readonly tags?: readonly string[];
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

export type TaskItem = Task | Stage | Flush | Skipped;

/** What any task of a role may carry beside the parameters of its resource. */
export interface TaskOptions {
  /** Name of the task in reports; default: the kind and what it is about. (`name` is often the resource's own.) */
  readonly title?: string;
  readonly when?: (results: Results) => boolean;
  readonly notify?: Task | string | readonly (Task | string)[];
  readonly become?: Become;
  readonly tags?: readonly string[];
  readonly register?: string;
  readonly runOnce?: boolean;
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
