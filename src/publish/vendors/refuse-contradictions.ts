import type { Diagnostics } from '../../diagnostics/diagnostic.js';
import type { YamlSource } from '../../diagnostics/yaml/yaml-file.js';
import { RegistryError } from '../../registry/registry-error.js';
import { appFolder } from '../layouts/app-name.js';
import { isRegistrySource, registryTarget } from '../sources/registry-source.js';
import type { Vendor } from './vendor.js';

/** Reports applications whose objects would be in one folder, or that clients would pull by one name. */
export function refuseShared(vendors: readonly Vendor[], source: YamlSource, diagnostics: Diagnostics): void {
  const folders = new Map<string, string>();
  const names = new Map<string, string>();
  for (const { vendor, to, apps } of vendors) {
    for (const { app, name, layout } of apps) {
      const own = `${vendor} ${app}`;
      const place = source.placeOf(['vendors', vendor, 'apps', app], 'key');
      const folder = `${to.replace(/\/+$/, '')}/${layout === 'static' ? `v2/${name}` : appFolder(app)}`;
      const other = folders.get(folder);
      const same = layout === 'static' ? undefined : names.get(name);
      if (other !== undefined)
        diagnostics.add({
          code: 'contradiction',
          message: `${folder} is already the folder of ${other}`,
          place,
          hint: 'a slash in a name is a hyphen in its folder: choose another name',
        });
      else if (same !== undefined)
        diagnostics.add({
          code: 'contradiction',
          message: `clients already pull ${same} by the name ${name}`,
          place,
          hint: 'give it another with `name`',
        });
      folders.set(folder, own);
      if (layout !== 'static') names.set(name, own);
    }
  }
}

/** Reports protected applications whose content everybody could read, or that have no redirect file to say it. */
export function refuseOpened(vendors: readonly Vendor[], source: YamlSource, diagnostics: Diagnostics): void {
  for (const { vendor, access, apps } of vendors) {
    for (const { app, layout, isProtected } of apps) {
      if (!isProtected || (access === 'private' && layout !== 'static')) continue;
      const isStatic = layout === 'static';
      diagnostics.add({
        code: 'contradiction',
        message: isStatic
          ? `${app} cannot be protected: the layout static has no redirect file, which would say it`
          : `${app} cannot be protected: access of ${vendor} is ${access}, so everybody could read its content`,
        place: source.placeOf(['vendors', vendor, 'apps', app, 'protected'], 'value'),
        hint: isStatic ? 'write layout: pulp' : 'write access: private, or leave out protected',
      });
    }
  }
}

/** Reports applications whose source names one image, and that choose tags besides. */
export function refuseNamedTags(vendors: readonly Vendor[], source: YamlSource, diagnostics: Diagnostics): void {
  for (const { vendor, apps } of vendors) {
    for (const { app, source: from, tags } of apps) {
      if (from === undefined || tags.length === 0 || !isRegistrySource(from)) continue;
      try {
        registryTarget(from, tags);
      } catch (error) {
        if (!(error instanceof RegistryError)) throw error;
        const place = source.placeOf(['vendors', vendor, 'apps', app, 'source'], 'value');
        diagnostics.add({ code: 'contradiction', message: error.message, place, hint: error.hint });
      }
    }
  }
}
