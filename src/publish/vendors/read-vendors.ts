import { dirname, join, resolve } from 'node:path';
import { Diagnostics } from '../../diagnostics/diagnostic.js';
import { checkShape } from '../../diagnostics/shapes/check-shape.js';
import { readYaml } from '../../diagnostics/yaml/yaml-file.js';
import { RegistryError } from '../../registry/registry-error.js';
import { appFolder } from '../layouts/app-name.js';
import { refuseNamedTags, refuseOpened, refuseShared } from './refuse-contradictions.js';
import type { Vendor, VendorApp } from './vendor.js';
import { vendorsFile } from './vendors-file.js';

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
          tags = [],
          repository,
          redirect_version: redirectVersion = 4,
          protected: isProtected = false,
        } = options ?? {};
        const redirectFile =
          layout === 'static' ? undefined : join(redirects, vendor, `${vendor}-${appFolder(app)}.json`);
        const from = options?.source;
        const source = from?.startsWith('./') || from?.startsWith('../') ? path(from) : from;
        return { app, name, layout, mask, repository, redirectVersion, isProtected, redirectFile, source, tags };
      }),
    }),
  );
  refuseShared(vendors, source, diagnostics);
  refuseOpened(vendors, source, diagnostics);
  refuseNamedTags(vendors, source, diagnostics);
  diagnostics.throwIfAny();
  return { redirects, vendors };
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
