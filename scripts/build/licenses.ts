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
      const text = licenceText(folder);
      if (text === undefined) throw new Error(`${name} has no text of its licence`);
      return `${name} ${version} (${license})\n\n${text.trim()}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}

/** Reads the file of a licence; where there is none, what the package's own page says about it. */
function licenceText(folder: string): string | undefined {
  const files = readdirSync(folder);
  const file = files.find((each) => /^licen[cs]e/i.test(each));
  if (file !== undefined) return readFileSync(join(folder, file), 'utf8');
  const page = files.find((each) => /^readme/i.test(each));
  return page === undefined
    ? undefined
    : /^#+ Licen[cs]e\s+([^#]+)/im.exec(readFileSync(join(folder, page), 'utf8'))?.[1];
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
