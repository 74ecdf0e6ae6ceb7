import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Returns the licences of the packages that files of a bundle come from, as those licences ask.
 * @throws Error for a package that has no text of its licence
 */
export function licensesOf(modules: readonly string[]): string {
  const folders = [...new Set(modules.map(packageFolder))].sort();
  const packages = folders.map((folder) => ({ ...packageIn(folder), text: licenceText(folder) }));
  return packages
    .map(({ name, version, license, repository, text: own }) => {
      // A package of a larger project may leave the text to its siblings.
      const sibling = packages.find((each) => each.text !== undefined && isSibling(each, { license, repository }));
      const text = own ?? sibling?.text;
      if (text === undefined) throw new Error(`${name} has no text of its licence`);
      return `${name} ${version} (${license})\n\n${text.trim()}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}

interface Package {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** Address of its repository; empty: it names none. */
  readonly repository: string;
}

function packageIn(folder: string): Package {
  const { name, version, license, repository } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return { name, version, license, repository: repository?.url ?? '' };
}

function isSibling(one: Package, other: Pick<Package, 'license' | 'repository'>): boolean {
  return one.repository !== '' && one.repository === other.repository && one.license === other.license;
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
