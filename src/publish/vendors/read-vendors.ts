import { dirname, join, resolve } from 'node:path';
import { Diagnostics } from '../../diagnostics/diagnostic.js';
import { checkShape } from '../../diagnostics/shapes/check-shape.js';
import { readYaml, type YamlSource } from '../../diagnostics/yaml/yaml-file.js';
import { RegistryError } from '../../registry/registry-error.js';
import { appFolder } from '../layouts/app-name.js';
import type { LayoutKind } from '../layouts/publication.js';
import type { TreeVersion } from '../layouts/v2-places.js';
import { type VendorOfFile, vendorsFile } from './vendors-file.js';

/** Application of a vendor. */
export interface VendorApp {
  readonly app: string;
  /** Default: given to each command. */
  readonly source: string | undefined;
  readonly layout: LayoutKind;
  readonly name: string;
  readonly repository: string | undefined;
  readonly mask: readonly string[];
  readonly redirectVersion: TreeVersion;
  /** For clients alone whose certificate covers the address of its content. */
  readonly isProtected: boolean;
  /** File that says what is published: `redirects/acme/acme-web.json`. Undefined: the layout needs none. */
  readonly redirectFile: string | undefined;
}

/** Vendor, and what is published for it. */
export interface Vendor extends Omit<VendorOfFile, 'apps'> {
  readonly vendor: string;
  readonly apps: readonly VendorApp[];
}

/** Content of `vendors.yaml`. */
export interface VendorsFile {
  /** Folder of the redirect files. */
  readonly redirects: string;
  readonly vendors: readonly Vendor[];
}

/** Reads the vendors of `vendors.yaml`. @throws InputError as {@link readVendorsFile} */
export function readVendors(file: string): readonly Vendor[] {
  return readVendorsFile(file).vendors;
}

/**
 * Reads `vendors.yaml`. Paths in it are relative to its folder.
 * @throws InputError with every error and its place
 */
export function readVendorsFile(file: string): VendorsFile {
  const diagnostics = new Diagnostics();
  const source = readYaml(file, diagnostics);
  const given = source === undefined ? undefined : checkShape(vendorsFile, source.value ?? {}, source, [], diagnostics);
  diagnostics.throwIfAny();
  if (source === undefined || given === undefined) return { redirects: '', vendors: [] };
  const folder = dirname(resolve(file));
  const path = (text: string) => resolve(folder, text);
  const redirects = path(given.redirects);
  const vendors = Object.entries(given.vendors).map(
    ([vendor, { apps, ...rest }]): Vendor => ({
      ...rest,
      vendor,
      to: /^[a-z0-9+.-]+:\/\//.test(rest.to) ? rest.to : path(rest.to),
      ca: rest.ca === undefined ? undefined : path(rest.ca),
      apps: Object.entries(apps).map(([app, options]): VendorApp => {
        const {
          layout = 'pulp',
          name = app,
          mask = [],
          repository,
          redirect_version: redirectVersion = 4,
          protected: isProtected = false,
        } = options ?? {};
        const redirectFile =
          layout === 'static' ? undefined : join(redirects, vendor, `${vendor}-${appFolder(app)}.json`);
        const from = options?.source;
        const source = from?.startsWith('./') || from?.startsWith('../') ? path(from) : from;
        return { app, name, layout, mask, repository, redirectVersion, isProtected, redirectFile, source };
      }),
    }),
  );
  refuseShared(vendors, source, diagnostics);
  refuseOpened(vendors, source, diagnostics);
  diagnostics.throwIfAny();
  return { redirects, vendors };
}

/** Reports applications whose objects would be in one folder, or that clients would pull by one name. */
function refuseShared(vendors: readonly Vendor[], source: YamlSource, diagnostics: Diagnostics): void {
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
function refuseOpened(vendors: readonly Vendor[], source: YamlSource, diagnostics: Diagnostics): void {
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

/** Finds a vendor, as it is written or in capital letters. @throws RegistryError `input` that names those there are */
export function findVendor(vendors: readonly Vendor[], name: string): Vendor {
  const found = vendors.find(({ vendor }) => vendor === name.toLowerCase());
  if (found !== undefined) return found;
  throw new RegistryError('input', `there is no vendor ${JSON.stringify(name.slice(0, 100))}`, {
    hint: `choose one of: ${vendors.map(({ vendor }) => vendor).join(', ')}`,
  });
}

/** Finds an application of a vendor. @throws RegistryError `input` that names those there are */
export function findApp({ vendor, apps }: Vendor, name: string): VendorApp {
  const found = apps.find(({ app }) => app === name);
  if (found !== undefined) return found;
  const known = apps.map(({ app }) => app).join(', ');
  throw new RegistryError('input', `${vendor} has no application ${JSON.stringify(name.slice(0, 300))}`, {
    hint: apps.length === 0 ? `add it below apps of ${vendor}` : `choose one of: ${known}`,
  });
}
