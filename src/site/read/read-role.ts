import { nearest } from '../../diagnostics/nearest.js';
import type { Role } from '../../model/role.js';
import { isMap } from '../../vars/template/template-value.js';
import { mergeTables } from '../../vars/variables.js';
import type { Path, RoleEntry } from '../blueprint/blueprint.js';
import { inherit, type Words } from '../words/inherited-words.js';
import { importedRoleSchema, importRoleSchema, roleEntrySchema, taskSchema } from '../words/schemas.js';
import { type ReadContext, readWords, siteVariables } from './read-context.js';

/** Reads the entries of `roles:`: names, or maps with `role` and what it is given. */
export async function readRoles(
  list: readonly unknown[],
  path: Path,
  words: Words,
  context: ReadContext,
): Promise<readonly RoleEntry[]> {
  const entries: RoleEntry[] = [];
  for (const [index, value] of list.entries()) {
    const entry = await readRole(value, [...path, index], words, context);
    if (entry !== undefined) entries.push(entry);
  }
  return entries;
}

async function readRole(
  value: unknown,
  path: Path,
  words: Words,
  context: ReadContext,
): Promise<RoleEntry | undefined> {
  const { source, diagnostics } = context;
  if (typeof value === 'string') return readNamedRole(value, path, { when: [], tables: [], words, path }, context);
  const variables = await inlineVariables(value, path, context);
  const entry = readWords(roleEntrySchema, value, path, context, variables);
  if (entry === undefined) return undefined;
  const key = entry.role === undefined ? 'name' : 'role';
  const name = entry.role ?? entry.name;
  if (name === undefined) {
    const place = source.placeOf(path, 'value');
    diagnostics.add({ code: 'no-role', message: 'the entry names no role', place, hint: 'write `role: NAME`' });
    return undefined;
  }
  const tables = [{ values: entry.vars ?? {}, path: [...path, 'vars'] }];
  return readNamedRole(
    name,
    [...path, key],
    { when: entry.when ?? [], tables, words: inherit(words, entry), path },
    context,
  );
}

/** Reports variables of the role that stand beside `role:`, as Ansible has them, with where they belong; returns their names. */
async function inlineVariables(value: unknown, path: Path, context: ReadContext): Promise<readonly string[]> {
  const name = isMap(value) ? (value.role ?? value.name) : undefined;
  if (!isMap(value) || typeof name !== 'string') return [];
  // A role that can't be loaded is an error of its own, reported where its tasks are read.
  const role = await context.catalog.load(name).catch(() => undefined);
  const known = Object.keys(role?.vars.shape ?? {});
  const inline = Object.keys(value).flatMap((key) => {
    if (key in roleEntrySchema.shape) return [];
    const meant = known.includes(key) ? key : nearest(key, known);
    return meant === undefined ? [] : [{ key, meant }];
  });
  for (const { key, meant } of inline) {
    const place = context.source.placeOf([...path, key], 'key');
    const [message, hint] =
      key === meant
        ? [`"${key}" is a variable of the role`, 'write it under `vars:`']
        : [`unknown key "${key}"`, `did you mean the variable "${meant}" of the role? write it under \`vars:\``];
    context.diagnostics.add({ code: 'unknown-key', message, place, hint });
  }
  return inline.map(({ key }) => key);
}

/** Words of tasks that mean nothing for the tasks of a role. */
function taskWords(value: Readonly<Record<string, unknown>>, path: Path, context: ReadContext): readonly string[] {
  const words = Object.keys(value).filter((key) => key in taskSchema.shape && !(key in importedRoleSchema.shape));
  for (const key of words) {
    const place = context.source.placeOf([...path, key], 'key');
    const hint = key === 'loop' ? 'give the role a list as a variable' : 'tasks of the role have it themselves';
    context.diagnostics.add({ code: 'unknown-key', message: `"${key}" does not go with import_role`, place, hint });
  }
  return words;
}

/** Reads a task that is `import_role: {name, vars}`, or `import_role: NAME`. */
export async function readImportedRole(
  value: Readonly<Record<string, unknown>>,
  path: Path,
  words: Words,
  context: ReadContext,
): Promise<RoleEntry | undefined> {
  const at = [...path, 'import_role'];
  const ignored = ['import_role', ...taskWords(value, path, context)];
  const task = readWords(importedRoleSchema, value, path, context, ignored);
  const named = value.import_role;
  const body = typeof named === 'string' ? { name: named } : readWords(importRoleSchema, named, at, context);
  if (task === undefined || body === undefined) return undefined;
  const tables = [
    { values: task.vars ?? {}, path: [...path, 'vars'] },
    { values: body.vars ?? {}, path: [...at, 'vars'] },
  ];
  const nameAt = isMap(named) ? [...at, 'name'] : at;
  return readNamedRole(
    body.name,
    nameAt,
    { when: task.when ?? [], tables, words: inherit(words, task), path },
    context,
  );
}

/** Words and variables that a role is given where it is named. */
interface GivenParts {
  readonly when: readonly (boolean | string)[];
  readonly tables: readonly { readonly values: Readonly<Record<string, unknown>>; readonly path: Path }[];
  readonly words: Words;
  readonly path: Path;
}

/** Reads a role that is named somewhere in a site, with what it is given there. */
export async function readNamedRole(
  name: string,
  nameAt: Path,
  given: GivenParts,
  context: ReadContext,
): Promise<RoleEntry | undefined> {
  const { source, registered } = context;
  const role = await loadRole(name, nameAt, context);
  if (role === undefined) return undefined;
  for (const table of given.tables) reportUnknownVariables(role, table.values, table.path, context);
  const tables = given.tables.map((table) => siteVariables(table.values, source, table.path));
  const vars = mergeTables(context.vars, ...tables);
  const place = source.placeOf(given.path, 'value');
  return {
    kind: 'role',
    role,
    vars,
    when: given.when,
    words: given.words,
    registered,
    source,
    path: given.path,
    place,
  };
}

async function loadRole(name: string, nameAt: Path, context: ReadContext): Promise<Role | undefined> {
  const { source, catalog, diagnostics } = context;
  const place = source.placeOf(nameAt, 'value');
  try {
    const role = await catalog.load(name);
    const parts = catalog.partsOfAnsible(name);
    if (role !== undefined) {
      if (parts.length > 0) context.warnings.add(shadowed(name));
      return role;
    }
    const near = nearest(name, catalog.names());
    const hint = near === undefined ? `there are ${catalog.names().join(', ')}` : `did you mean "${near}"?`;
    const message = `there is no role "${name}"`;
    const found =
      parts.length === 0
        ? { message, hint }
        : { message: `${message}: roles/${name} is a role of Ansible`, hint: insteadOfAnsibleRole(name, parts) };
    diagnostics.add({ code: 'unknown-role', ...found, place });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    diagnostics.add({ code: 'broken-role', message: `the role ${name} cannot be loaded: ${reason}`, place });
  }
  return undefined;
}

/** Returns how to use the parts of a role of Ansible's. */
function insteadOfAnsibleRole(name: string, parts: readonly string[]): string {
  const files = ['defaults', 'vars']
    .filter((part) => parts.includes(part))
    .map((part) => `roles/${name}/${part}/main.yml`);
  const vars = files.length === 0 ? '' : `, with \`vars_files: [${files.join(', ')}]\` of the play`;
  const handlers = parts.includes('handlers') ? '; its handlers stand in `handlers` of the play' : '';
  return `a role is roles/${name}/index.ts here; or write \`import_tasks: roles/${name}/tasks/main.yml\`${vars}${handlers}`;
}

function shadowed(name: string): string {
  return `roles/${name} is a role of Ansible, which is not read: the role ${name} of provision is used. Rename one, or write \`import_tasks: roles/${name}/tasks/main.yml\``;
}

function reportUnknownVariables(
  role: Role,
  values: Readonly<Record<string, unknown>>,
  path: Path,
  context: ReadContext,
): void {
  const known = Object.keys(role.vars.shape);
  for (const name of Object.keys(values)) {
    if (known.includes(name)) continue;
    const near = nearest(name, known);
    context.diagnostics.add({
      code: 'unknown-variable',
      message: `the role ${role.name} has no variable "${name}"`,
      place: context.source.placeOf([...path, name], 'key'),
      hint: near === undefined ? `it has ${known.join(', ') || 'none'}` : `did you mean "${near}"?`,
    });
  }
}
