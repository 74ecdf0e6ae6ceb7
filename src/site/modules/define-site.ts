import type { z } from 'zod';
import type { Role, RoleContext } from '../../model/role.js';
import type { ResourceKind, TaskItem } from '../../model/task.js';

/** A role of a play with its variables: `roles: [use(time, { time_servers: ['ntp.example.com'] })]`. */
export interface RoleUse {
  readonly role: Role | string;
  readonly vars?: Readonly<Record<string, unknown>>;
  readonly when?: string | boolean | readonly (string | boolean)[];
  readonly tags?: string | readonly string[];
  readonly become?: boolean;
  readonly become_user?: string;
  readonly run_once?: boolean;
  readonly update?: boolean;
  readonly ignore_errors?: boolean;
  readonly no_log?: boolean;
}

/** Context from which a site's module makes tasks. Those that need variables are a role, which declares them. */
export type SiteContext = Omit<RoleContext<unknown>, 'vars'>;

/**
 * Tasks of a play: what resources give (`file({…})`), maps as they would stand in YAML, or a function that gives tasks
 * once the host's facts are known.
 */
export type SiteTasks =
  | readonly (TaskItem | Readonly<Record<string, unknown>>)[]
  | ((context: SiteContext) => readonly TaskItem[]);

/** A play, as in YAML; roles and tasks may be those of TypeScript. */
export interface SitePlay {
  readonly name?: string;
  readonly hosts: string | readonly string[];
  readonly roles?: readonly (string | Role | RoleUse)[];
  readonly pre_tasks?: SiteTasks;
  readonly tasks?: SiteTasks;
  readonly post_tasks?: SiteTasks;
  /** Resources made with `defineResource` that tasks may name as they name `file`: in maps here, and in files of tasks. */
  readonly resources?: readonly ResourceKind[];
  readonly handlers?: readonly Readonly<Record<string, unknown>>[];
  readonly vars?: Readonly<Record<string, unknown>>;
  readonly vars_files?: string | readonly string[];
  readonly become?: boolean;
  readonly become_user?: string;
  readonly tags?: string | readonly string[];
  readonly serial?: number | string | readonly (number | string)[];
  readonly max_fail_percentage?: number;
  readonly any_errors_fatal?: boolean;
  readonly gather_facts?: boolean;
  readonly connection?: 'ssh' | 'local';
  readonly run_once?: boolean;
  readonly update?: boolean;
  readonly ignore_errors?: boolean;
  readonly no_log?: boolean;
}

/** The plays of a site, or a function that gives them. */
export type SiteModule = readonly SitePlay[] | (() => readonly SitePlay[] | Promise<readonly SitePlay[]>);

/**
 * Defines a site in TypeScript, which `provision site.ts` runs: the default export of its module.
 *
 * @example
 * export default defineSite([
 *   { hosts: 'registry', roles: ['registry-setup', use(time, { time_servers: ['ntp.example.com'] })] },
 *   { hosts: 'all', tasks: [file({ path: '/etc/motd', content: 'ours\n' })] },
 * ]);
 */
export function defineSite<Site extends SiteModule>(site: Site): Site {
  return site;
}

/**
 * Gives a role its variables, checked by the compiler against the role's schema.
 *
 * @param words `when`, `tags`, `become`, … as an entry of `roles:` has them
 */
export function use<Vars extends z.ZodObject>(
  role: Role<Vars>,
  vars?: z.input<Vars>,
  words: Omit<RoleUse, 'role' | 'vars'> = {},
): RoleUse {
  return { role, ...(vars === undefined ? {} : { vars }), ...words };
}
