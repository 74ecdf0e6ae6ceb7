import { resolve } from 'node:path';
import { z } from 'zod';
import type { Diagnostics, Place } from '../../diagnostics/diagnostic.js';
import { reasonOf } from '../../diagnostics/reason.js';
import { defineRole, type Role } from '../../model/role.js';
import type { ResourceKind, TaskItem } from '../../model/task.js';
import { isMap } from '../../vars/template/template-value.js';
import { isRole, type RoleCatalog } from './catalog.js';
import { importModule } from './import-module.js';
import { moduleSource } from './module-source.js';
import type { SiteSource } from './site-source.js';

/** Reads a site written in TypeScript or JavaScript; why it can't be imported is collected. */
export async function readSiteModule(
  file: string,
  catalog: RoleCatalog,
  diagnostics: Diagnostics,
): Promise<SiteSource | undefined> {
  try {
    const module = await importModule(resolve(file));
    const exported = isMap(module) && 'default' in module ? module.default : undefined;
    const plays: unknown = typeof exported === 'function' ? await exported() : exported;
    if (plays !== undefined) return sitePlays(file, plays, catalog);
    const hint = 'export default defineSite([{ hosts: … }])';
    diagnostics.add({ code: 'broken-site', message: `${file} has no default export`, hint });
  } catch (error) {
    diagnostics.add({ code: 'broken-site', ...whyNot(file, reasonOf(error)) });
  }
  return undefined;
}

/** Returns the importer's message on one line, at the place that it names. */
function whyNot(file: string, reason: string): { message: string; place?: Place } {
  const [firstLine = '', ...rest] = reason.split('\n');
  const at = /(\S+):(\d+):(\d+)$/.exec(rest[0] ?? '');
  const message = `${file} cannot be imported: ${firstLine.trim()}`;
  if (at === null) return { message };
  return { message, place: { file: at[1] ?? file, line: Number(at[2]), column: Number(at[3]) + 1 } };
}

/** Plays that a program gives: what YAML can't hold, roles and tasks, becomes roles with names of their own. */
export function sitePlays(file: string, plays: unknown, catalog: RoleCatalog): SiteSource {
  const own = new Map<string, Role>();
  const named = (role: Role): string => {
    let name = role.name;
    for (let number = 2; own.has(name) && own.get(name) !== role; number += 1) name = `${role.name}-${number}`;
    own.set(name, role);
    return name;
  };
  const kinds: ResourceKind[] = [];
  const value = Array.isArray(plays)
    ? plays.map((play: unknown) => (isMap(play) ? playOf(withoutResources(play, kinds), named) : play))
    : plays;
  const both: RoleCatalog = {
    names: () => [...new Set([...own.keys(), ...catalog.names()])].sort(),
    load: async (name) => own.get(name) ?? catalog.load(name),
    partsOfAnsible: (name) => (own.has(name) ? [] : catalog.partsOfAnsible(name)),
  };
  return { source: moduleSource(resolve(file), value), catalog: both, kinds };
}

/** Takes the resources out of a play: they are no words of it. */
function withoutResources(
  play: Readonly<Record<string, unknown>>,
  kinds: ResourceKind[],
): Readonly<Record<string, unknown>> {
  const { resources, ...words } = play;
  if (!Array.isArray(resources) || !resources.every(isResourceKind)) return play;
  kinds.push(...resources);
  return words;
}

function isResourceKind(value: unknown): value is ResourceKind {
  if (typeof value !== 'function' || !('kind' in value) || !('params' in value) || !('create' in value)) return false;
  return typeof value.kind === 'string' && typeof value.create === 'function';
}

type RoleNamer = (role: Role) => string;

function playOf(play: Readonly<Record<string, unknown>>, named: RoleNamer): Record<string, unknown> {
  const value: Record<string, unknown> = { ...play };
  if (Array.isArray(play.roles)) value.roles = play.roles.map((entry: unknown) => roleOf(entry, named));
  for (const section of ['pre_tasks', 'tasks', 'post_tasks']) {
    if (play[section] !== undefined) value[section] = tasksOf(play[section], named);
  }
  return withoutUndefined(value);
}

function roleOf(entry: unknown, named: RoleNamer): unknown {
  if (isRole(entry)) return named(entry);
  return isMap(entry) && isRole(entry.role) ? withoutUndefined({ ...entry, role: named(entry.role) }) : entry;
}

/** Makes one role of tasks that stand beside each other; maps stay what they are. */
function tasksOf(tasks: unknown, named: RoleNamer): unknown {
  if (typeof tasks === 'function') return [{ import_role: named(roleWith(tasks as Role['tasks'])) }];
  if (!Array.isArray(tasks)) return tasks;
  const entries: unknown[] = [];
  let together: TaskItem[] = [];
  const close = () => {
    const items = together;
    if (items.length > 0) entries.push({ import_role: named(roleWith(() => items)) });
    together = [];
  };
  for (const task of tasks as readonly unknown[]) {
    if (isTaskItem(task)) together.push(task);
    else {
      close();
      entries.push(task);
    }
  }
  close();
  return entries;
}

function roleWith(tasks: Role['tasks']): Role {
  return defineRole({ name: 'tasks', summary: 'Tasks of the site', vars: z.object({}), tasks });
}

function isTaskItem(value: unknown): value is TaskItem {
  return isMap(value) && typeof value.kind === 'string' && (value.kind === 'flush' || typeof value.name === 'string');
}

/** Keys without a value are as if they weren't written. */
function withoutUndefined(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined));
}
