import type { z } from 'zod';
import type { Facts } from './facts.js';
import type { HostContext } from './resource.js';
import type { TaskItem } from './task.js';

/** Flags of the run that roles follow. */
export interface RunFlags {
  readonly force: boolean;
  /** `--sync` or `--no-sync`; undefined when neither was given: the role's own variable decides. */
  readonly sync: boolean | undefined;
  readonly check: boolean;
}

/** Context of a role: everything that its tasks are made from. */
export interface RoleContext<Vars> {
  /** Variables of the role, checked and with defaults filled in. */
  readonly vars: Vars;
  readonly facts: Facts;
  readonly host: HostContext;
  readonly flags: RunFlags;
  /** Name of the host in the inventory. */
  readonly inventoryHostname: string;
}

/** Role: variables with types, defaults and descriptions, and the tasks that follow from them. */
export interface Role<Vars extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly summary: string;
  readonly vars: Vars;
  tasks(context: RoleContext<z.output<Vars>>): readonly TaskItem[];
}

/**
 * Defines a role. It reads top to bottom, like the page of documentation it replaces.
 *
 * @example
 * export default defineRole({
 *   name: 'motd', summary: 'Say hello',
 *   vars: z.object({ motd: z.string().default('hello').describe('What to say') }),
 *   tasks: ({ vars }) => [file({ path: '/etc/motd', content: `${vars.motd}\n` })],
 * });
 */
export function defineRole<Vars extends z.ZodObject>(role: Role<Vars>): Role<Vars> {
  return role;
}

/**
 * Returns the tasks of another role, for roles that are composed of others.
 *
 * @param input variables as a site would give them; checked against the role's schema
 * @throws z.ZodError when they don't fit
 */
export function tasksOf<Vars extends z.ZodObject>(
  role: Role<Vars>,
  context: RoleContext<unknown>,
  input: z.input<Vars>,
): readonly TaskItem[] {
  return role.tasks({ ...context, vars: role.vars.parse(input) });
}
