import { RegistryError } from '../../registry/registry-error.js';
import { appFolder } from '../layouts/app-name.js';
import type { SourceRequest } from '../sources/open-source.js';
import type { ObjectStore } from '../stores/object-store.js';
import { bucketSettings, openStoreTarget, readStoreTarget, type StoreTarget } from '../stores/store-target.js';
import type { Vendor, VendorApp } from './read-vendors.js';

/** Returns the place to which a vendor's images are published. @throws RegistryError `input` */
export function vendorTarget({ vendor, to }: Vendor): StoreTarget {
  return readStoreTarget(to, `write to: s3://BUCKET/PREFIX, or a folder, for ${vendor}`);
}

/** Opens the store of a vendor. @throws RegistryError */
export async function openVendorStore(vendor: Vendor, signal: AbortSignal): Promise<ObjectStore> {
  const target = vendorTarget(vendor);
  return await openStoreTarget(target, bucketSettings(target, vendor, signal));
}

/**
 * Returns what is published of an application.
 * @param source counts before that of the file
 * @throws RegistryError `input` where neither names one
 */
export function appSource(app: VendorApp, source: string | undefined = app.source): SourceRequest {
  if (source === undefined)
    throw new RegistryError('input', `nothing says where the images of ${app.app} come from`, {
      hint: 'give the SOURCE behind it, or write source in the file of vendors',
    });
  const { name, layout, repository, redirectVersion } = app;
  const mask = new Set(app.mask);
  return { source, app: app.app, name, layout, repository, mask, redirectVersion, authfile: undefined };
}

/** Returns the beginning of the keys of an application's objects. */
export function appPrefix({ app, name, layout }: VendorApp): string {
  return layout === 'static' ? `v2/${name}/` : `${appFolder(app)}/`;
}
