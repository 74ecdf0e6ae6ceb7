import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { entriesBelow } from '../../files/entries-below.js';

/** File of the tool, by its path below the folder that it is unpacked to. */
export interface ToolFile {
  readonly name: string;
  /** Path on the controller. */
  readonly path: string;
}

/** Package that the tool needs at run time. */
export interface ToolPackage {
  readonly name: string;
  readonly version: string;
  /** Folder below that of the tool: `node_modules/zod`. */
  readonly place: string;
  /** Folder on the controller. */
  readonly folder: string;
}

/** Fields of a package.json. */
interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/**
 * Returns the packages that a package needs, with those that they need in turn, as they are installed here. Those that lie
 * where Node would not find them are packed beside each other all the same.
 * @throws Error for one that is not installed
 */
export function packagesOf(root: string): readonly ToolPackage[] {
  const placed = new Map<string, ToolPackage>();
  const add = (name: string, asking: string, placeOfAsking: string) => {
    const folder = installedFolder(name, asking);
    if (folder === undefined) throw new Error(`${name}, which ${asking} needs, is not installed`);
    const common = `node_modules/${name}`;
    // Two versions of a package: the second lies below who asked for it.
    const other = placed.get(common);
    const place = other === undefined || other.folder === folder ? common : `${placeOfAsking}/node_modules/${name}`;
    if (placed.get(place)?.folder === folder) return;
    const { version, dependencies } = readPackageManifest(folder);
    placed.set(place, { name, version, place, folder });
    for (const each of Object.keys(dependencies ?? {})) add(each, folder, place);
  };
  for (const name of Object.keys(readPackageManifest(root).dependencies ?? {})) add(name, root, '.');
  return [...placed.values()];
}

/** Returns the folder in which a package is installed for whoever asks; undefined: it is not. */
export function installedFolder(name: string, asking: string): string | undefined {
  for (let folder = asking; ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name);
    if (existsSync(join(found, 'package.json'))) return found;
    if (folder === dirname(folder)) return undefined;
  }
}

export function readPackageManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** Files of a package that its users never load: types, maps, sources, documentation, and what was compiled for here. */
const unused = /(?:\.(?:ts|cts|mts|map|md|markdown|flow)|(?:^|\/)(?:build|test|tests|docs|\.github)\/.*)$/i;
const licence = /(?:^|\/)licen[cs]e[^/]*$/i;

/** Returns the files of a package that run. Packages within it are not among them. */
export function filesOfPackage({ place, folder }: ToolPackage): readonly ToolFile[] {
  return filesBelow(folder)
    .filter((path) => !path.startsWith('node_modules/') && (licence.test(path) || !unused.test(path)))
    .map((path) => ({ name: `${place}/${path}`, path: join(folder, path) }));
}

/** Returns the paths of all files below a folder, in order. */
export function filesBelow(folder: string): readonly string[] {
  return [...entriesBelow(folder)]
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}
