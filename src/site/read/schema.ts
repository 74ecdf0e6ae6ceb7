import { z } from 'zod';

/*
 * The shape of a site, without what depends on which resources and roles there are: that is checked by read-*.ts.
 */

/** True or false, also in the words of YAML 1.1, which people who know Ansible write. */
const flag = z.preprocess(
  (value) => (typeof value === 'string' ? (flagWords[value.toLowerCase()] ?? value) : value),
  z.boolean(),
);
const flagWords: Readonly<Record<string, boolean>> = { yes: true, on: true, no: false, off: false };

/** Text that is needed before there is a host to render it for. */
const fixed = z
  .string()
  .refine((text) => !text.includes('{{'), 'this cannot be a template: it is needed before any host is known');

/** Words that may be written as one value where a list is meant. */
const listWords = [
  'when',
  'tags',
  'notify',
  'listen',
  'changed_when',
  'failed_when',
  'until',
  'hosts',
  'serial',
  'vars_files',
  'roles',
  'pre_tasks',
  'tasks',
  'post_tasks',
  'handlers',
];

/** A list of one for what is written alone; nothing at all is an empty list. */
export function asWritten(key: string, value: unknown): unknown {
  if (!listWords.includes(key) || Array.isArray(value)) return value;
  return value === null ? [] : [value];
}

const fixedName = z.preprocess((value) => (typeof value === 'number' ? String(value) : value), fixed);
const variables = z.preprocess((value) => value ?? {}, z.record(z.string(), z.unknown()));
const tags = z.array(fixedName).transform((texts) => texts.flatMap((text) => text.split(',').map((tag) => tag.trim())));

/** An expression, true or false, or a list of them which must all hold. */
const when = z.array(z.union([z.boolean(), z.string()]));

/** Words that a play, a role and a task share. */
const shared = {
  tags: tags.optional(),
  become: flag.optional(),
  become_user: fixed.optional(),
  run_once: flag.optional(),
  ignore_errors: flag.optional(),
  no_log: flag.optional(),
};

/** A number that may be a template. */
const count = z.union([z.number().min(0), z.string()]);

export const taskSchema = z.strictObject({
  name: z.preprocess((value) => (typeof value === 'number' ? String(value) : value), z.string()).optional(),
  when: when.optional(),
  loop: z.unknown().optional(),
  loop_control: z.strictObject({ loop_var: fixed.optional(), label: z.string().optional() }).optional(),
  register: z
    .string()
    .regex(/^[A-Za-z_]\w*$/, 'a name has letters, digits and _ only')
    .optional(),
  notify: z.array(fixed).optional(),
  vars: variables.optional(),
  changed_when: when.optional(),
  failed_when: when.optional(),
  until: when.optional(),
  retries: count.optional(),
  delay: count.optional(),
  delegate_to: z.string().optional(),
  ...shared,
});

/** A task that others notify. */
export const handlerSchema = taskSchema.extend({ listen: z.array(fixedName).optional() });

/** What may stand beside `import_tasks` among handlers. */
export const handlersFileSchema = z.strictObject({ name: taskSchema.shape.name });

/** A task that is the tasks of a role. */
export const importedRoleSchema = z.strictObject({
  name: z.preprocess((value) => (typeof value === 'number' ? String(value) : value), z.string()).optional(),
  when: when.optional(),
  vars: variables.optional(),
  ...shared,
});

/** A task that is the tasks of a file: `import_tasks`. */
export const importTasksSchema = importedRoleSchema;

/** A task that is the tasks of a file or a role, perhaps for each item of a loop: `include_tasks`, `include_role`. */
export const includeSchema = importedRoleSchema.extend({
  loop: taskSchema.shape.loop,
  loop_control: taskSchema.shape.loop_control,
});

/** What stands under `import_tasks:` and `include_tasks:`, where it isn't the name of the file alone. */
export const tasksFileSchema = z.strictObject({ file: z.string() });

/** What stands under `include_role:`, where it isn't the name alone. */
export const includeRoleSchema = z.strictObject({ name: z.string(), vars: variables.optional() });

/** Tasks that belong together. */
export const blockSchema = z.strictObject({
  name: taskSchema.shape.name,
  block: z.array(z.unknown()),
  rescue: z.array(z.unknown()).optional(),
  always: z.array(z.unknown()).optional(),
  when: when.optional(),
  notify: taskSchema.shape.notify,
  vars: variables.optional(),
  ...shared,
});

/** A task that tells the run something. */
export const metaSchema = z.strictObject({ name: taskSchema.shape.name, meta: z.string(), tags: tags.optional() });

/** What stands under `import_role:`. */
export const importRoleSchema = z.strictObject({ name: fixed, vars: variables.optional() });

/** An entry of `roles:` that isn't a name alone; `name:` means the same as `role:`. */
export const roleEntrySchema = z.strictObject({
  role: fixed.optional(),
  name: fixed.optional(),
  when: when.optional(),
  vars: variables.optional(),
  ...shared,
});

const entries = z.array(z.unknown());
const serial = z.union([
  z.int().min(1),
  z.string().regex(/^[1-9]\d*%?$/, 'expected a number of hosts, or a share of them such as "30%"'),
]);

export const playSchema = z.strictObject({
  name: fixedName.optional(),
  hosts: z.array(fixed),
  roles: entries.optional(),
  pre_tasks: entries.optional(),
  tasks: entries.optional(),
  post_tasks: entries.optional(),
  handlers: entries.optional(),
  vars: variables.optional(),
  vars_files: z.array(fixed).optional(),
  serial: z.array(serial).optional(),
  max_fail_percentage: z.number().min(0).max(100).optional(),
  any_errors_fatal: flag.optional(),
  gather_facts: flag.optional(),
  connection: z.enum(['ssh', 'local']).optional(),
  ...shared,
});
export type PlayShape = z.output<typeof playSchema>;
