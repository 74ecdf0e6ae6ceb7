import { existsSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { packageRoot } from '../../files/package-root.js';
import type { ControllerFiles } from '../../model/resource.js';

/**
 * Finds templates and files on the controller: beside the site first, then (templates) among those of the package.
 *
 * @param siteFolder the folder of the site's file
 */
export function controllerFiles(siteFolder: string): ControllerFiles {
  const site = resolve(siteFolder);
  return {
    template: (src) => find('template', src, [join(site, 'templates'), join(packageRoot, 'templates')]),
    file: (src) => find('file', src, [join(site, 'files'), site]),
    own: (name) => join(site, '.provision', name),
  };
}

function find(what: string, src: string, folders: readonly string[]): string {
  const places = isAbsolute(src) ? [src] : [...new Set(folders)].map((folder) => join(folder, src));
  const found = places.find((path) => existsSync(path));
  if (found === undefined) throw new Error(`there is no ${what} ${src}; looked for ${places.join(' and ')}`);
  return found;
}
