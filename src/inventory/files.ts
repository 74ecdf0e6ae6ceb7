import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Diagnostics } from '../diagnostics/diagnostic.js';
import { reasonOf } from '../diagnostics/reason.js';

/** Tells if a path is `host1,host2,`: hosts given in place of a file. */
export function isHostList(path: string): boolean {
  return path.includes(',') && !existsSync(path);
}

/**
 * Returns the inventory files behind a path: itself, or those of a folder and its folders in the order of their names.
 */
export function inventoryFiles(path: string, diagnostics: Diagnostics): string[] {
  const file = resolve(path);
  try {
    if (!statSync(file).isDirectory()) return [file];
    const files = filesBelow(file);
    if (files.length === 0) {
      const hint = `files are ignored, as in Ansible, that are hidden or end in ${ignoredEndings.join(' ')}`;
      diagnostics.add({ code: 'unreadable-file', message: `no inventory in the folder ${path}`, hint });
    }
    return files;
  } catch (error) {
    diagnostics.add({ code: 'unreadable-file', message: `cannot read inventory ${path}: ${reasonOf(error)}` });
    return [];
  }
}

/** Returns the folder in which `group_vars/` and `host_vars/` of an inventory lie. */
export function folderOf(path: string): string {
  const file = resolve(path);
  return isFolder(file) ? file : dirname(file);
}

/** Endings of files in a folder that Ansible takes for no inventories. */
const ignoredEndings = '.pyc .pyo .swp .bak ~ .rpm .md .txt .rst .orig .ini .cfg .retry'.split(' ');

function filesBelow(folder: string): string[] {
  const names = readdirSync(folder).filter(
    (name) =>
      !name.startsWith('.') &&
      !['host_vars', 'group_vars', 'vars_plugins'].includes(name) &&
      !ignoredEndings.some((ending) => name.endsWith(ending)),
  );
  return names.sort().flatMap((name) => {
    const path = join(folder, name);
    return isFolder(path) ? filesBelow(path) : [path];
  });
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
