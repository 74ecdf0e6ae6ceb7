import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { packageRoot } from '../../files/package-root.js';
import type { Role } from '../../model/role.js';

/** The roles that a site can name: the package's own, and those in `roles/` beside the site, which come first. */
export interface RoleCatalog {
  /** Returns the names of all roles, sorted. */
  names(): string[];
  /** Loads the role of that name; undefined where there is none. @throws Error when its module cannot be loaded */
  load(name: string): Promise<Role | undefined>;
  /** Returns the parts of a role of Ansible's in `roles/` beside the site, which is not read: `tasks`, `defaults`. */
  partsOfAnsible(name: string): readonly string[];
}

/** Roles that come with the package: compiled beside this file's folder, or their source when running from source. */
const ownRoles = fileURLToPath(new URL('../../../roles/', import.meta.url));

const entries = ['index.ts', 'index.js', 'index.mts', 'index.mjs'];

/** @param siteFolder the folder of the site's file */
export function roleCatalog(siteFolder: string): RoleCatalog {
  const users = join(resolve(siteFolder), 'roles');
  return catalogOf(isOurs(users) ? [ownRoles] : [users, ownRoles]);
}

/** Returns the catalogue of the roles that come with the package, and no others. */
export function packageRoles(): RoleCatalog {
  return catalogOf([ownRoles]);
}

/** Returns the names of the roles beside a site, which are programs of whoever wrote the site. Runs none of them. */
export function namesBeside(siteFolder: string): readonly string[] {
  const users = join(resolve(siteFolder), 'roles');
  return isOurs(users) ? [] : roleNames(users);
}

function catalogOf(folders: readonly string[]): RoleCatalog {
  const loaded = new Map<string, Promise<Role | undefined>>();
  return {
    names: () => [...new Set(folders.flatMap(roleNames))].sort(),
    load: (name) => {
      const role = loaded.get(name) ?? loadFrom(folders, name);
      loaded.set(name, role);
      return role;
    },
    partsOfAnsible: (name) => {
      const [beside = ownRoles] = folders;
      return beside === ownRoles || entryOf(beside, name) !== undefined ? [] : partsOfAnsible(join(beside, name));
    },
  };
}

/** Returns the folders of a role in Ansible's layout, `tasks` first; empty where it has no tasks. */
function partsOfAnsible(folder: string): readonly string[] {
  const parts = ['tasks', 'defaults', 'vars', 'handlers'].filter((part) =>
    ['main.yml', 'main.yaml'].some((file) => existsSync(join(folder, part, file))),
  );
  return parts[0] === 'tasks' ? parts : [];
}

/** Tells if a folder of roles is the package's own: a site beside it has no roles of its own. */
function isOurs(folder: string): boolean {
  if (!existsSync(folder)) return true;
  return [ownRoles, join(packageRoot, 'roles')].some(
    (own) => existsSync(own) && realpathSync(own) === realpathSync(folder),
  );
}

function roleNames(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => entryOf(folder, name) !== undefined);
}

function entryOf(folder: string, name: string): string | undefined {
  if (!/^[\w.-]+$/.test(name)) return undefined;
  return entries.map((entry) => join(folder, name, entry)).find((path) => existsSync(path));
}

async function loadFrom(folders: readonly string[], name: string): Promise<Role | undefined> {
  for (const folder of folders) {
    const entry = entryOf(folder, name);
    if (entry === undefined) continue;
    const module: unknown =
      folder === ownRoles
        ? await import(pathToFileURL(entry).href)
        : await (await import('./import-module.js')).importModule(entry);
    return defaultRole(module, entry);
  }
  return undefined;
}

function defaultRole(module: unknown, entry: string): Role {
  const role = typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined;
  if (isRole(role)) return role;
  throw new Error(`${entry} has no role: its default export must be made with defineRole`);
}

/** Tells if a value was made with `defineRole`. */
export function isRole(value: unknown): value is Role {
  if (typeof value !== 'object' || value === null) return false;
  return (
    'name' in value && 'vars' in value && isSchema(value.vars) && 'tasks' in value && typeof value.tasks === 'function'
  );
}

/** Returns true for a schema of an object: what zod gives, of whichever copy. */
function isSchema(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'safeParse' in value && 'shape' in value;
}
