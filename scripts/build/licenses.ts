import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Returns the licences of the packages that files of a bundle come from, as those licences ask.
 * @throws Error for a package that has no text of its licence
 */
export function licensesOf(modules: readonly string[]): string {
  const folders = [...new Set(modules.map(packageFolder))].sort();
  return folders
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const text = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
      if (text === undefined) throw new Error(`${name} has no text of its licence`);
      return `${name} ${version} (${license})\n\n${readFileSync(join(folder, text), 'utf8').trim()}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}

/**
 * Returns the folder of the package that a module belongs to: the nearest whose package.json has a version.
 *
 * @throws Error when there is none up to the root, as when the checkout was deleted meanwhile
 */
function packageFolder(module: string): string {
  let folder = dirname(module);
  while (!isPackage(folder)) {
    if (folder === dirname(folder)) throw new Error(`${module} belongs to no package`);
    folder = dirname(folder);
  }
  return folder;
}

function isPackage(folder: string): boolean {
  const file = join(folder, 'package.json');
  return existsSync(file) && 'version' in JSON.parse(readFileSync(file, 'utf8'));
}
