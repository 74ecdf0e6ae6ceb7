import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Diagnostics } from '../diagnostics/diagnostic.js';
import { reasonOf } from '../diagnostics/reason.js';

/** `host1,host2,`: hosts given in place of a file. */
export function isHostList(path: string): boolean {
  return path.includes(',') && !existsSync(path);
}

/** The inventory files behind a path: itself, or a folder's YAML files in the order of their names. */
export function inventoryFiles(path: string, diagnostics: Diagnostics): string[] {
  const file = resolve(path);
  try {
    if (!statSync(file).isDirectory()) return [file];
    const names = readdirSync(file, { withFileTypes: true });
    const files = names
      .filter((entry) => !entry.isDirectory() && isYaml(entry.name))
      .map(({ name }) => join(file, name));
    if (files.length === 0) {
      const hint = 'inventories are files that end in .yaml or .yml';
      diagnostics.add({ code: 'unreadable-file', message: `no inventory in the folder ${path}`, hint });
    }
    return files.sort();
  } catch (error) {
    diagnostics.add({ code: 'unreadable-file', message: `cannot read inventory ${path}: ${reasonOf(error)}` });
    return [];
  }
}

/** The folder in which `group_vars/` and `host_vars/` of an inventory lie. */
export function folderOf(path: string): string {
  const file = resolve(path);
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() ? file : dirname(file);
}

function isYaml(name: string): boolean {
  return /\.(ya?ml|json)$/.test(name) && !name.startsWith('.');
}
