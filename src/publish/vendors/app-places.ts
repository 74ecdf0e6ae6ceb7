import { RegistryError } from '../../registry/registry-error.js';
import { appFolder } from '../layouts/app-name.js';
import { pulpPlaces, staticPlaces, type V2Places } from '../layouts/v2-places.js';
import type { PublishSourceRequest } from '../sources/open-source.js';
import type { ObjectStore } from '../stores/object-store.js';
import type { BucketOptionNames } from '../stores/s3-errors.js';
import type { S3Settings } from '../stores/s3-settings.js';
import { bucketSettings, openStoreTarget, readStoreTarget, type StoreTarget } from '../stores/store-target.js';
import type { Caches } from '../verbs/invalidate.js';
import type { Vendor, VendorApp } from './vendor.js';

/** Returns the place to which a vendor's images are published. @throws RegistryError `input` */
export function vendorTarget({ vendor, to }: Vendor): StoreTarget {
  return readStoreTarget(to, `write to: s3://BUCKET/PREFIX, or a folder, for ${vendor}`);
}

/** Names of a vendor's keys, as hints have them. */
export const vendorOptionNames: BucketOptionNames = {
  endpoint: 'endpoint of the vendor',
  region: 'region of the vendor',
  profile: 'profile of the vendor',
  ca: 'ca of the vendor',
  create: 'create it with provision publish setup',
  policy: 'write access: public-policy, and run provision publish setup',
};

/** Returns the settings of a vendor's bucket; undefined for a folder. @throws RegistryError `input` */
export function vendorSettings(vendor: Vendor, signal: AbortSignal): S3Settings | undefined {
  return bucketSettings(vendorTarget(vendor), { ...vendor, options: vendorOptionNames }, signal);
}

/** Returns the key by which everybody may read what a vendor publishes; undefined: nobody may. */
export function openedBy({ vendor, access }: Vendor): string | undefined {
  return access === 'private' ? undefined : `access: ${access} of ${vendor}`;
}

/** Opens the store of a vendor. @throws RegistryError */
export async function openVendorStore(vendor: Vendor, signal: AbortSignal): Promise<ObjectStore> {
  return await openStoreTarget(vendorTarget(vendor), vendorSettings(vendor, signal));
}

/** Returns the caches before a vendor's store; undefined: none is told of. */
export function vendorCaches(
  { invalidate: command, url }: Vendor,
  store: ObjectStore,
  told: Caches['told'],
): Caches | undefined {
  return command === undefined ? undefined : { command, url: url ?? store.url, told };
}

/**
 * Returns what is published of an application.
 * @param source counts before that of the file
 * @throws RegistryError `input` where neither names one
 */
export function appSource(app: VendorApp, source: string | undefined = app.source): PublishSourceRequest {
  if (source === undefined)
    throw new RegistryError('input', `nothing says where the images of ${app.app} come from`, {
      hint: 'give the SOURCE behind it, or write source in the file of vendors',
    });
  const { name, layout, repository, redirectVersion, tags } = app;
  const mask = new Set(app.mask);
  return { source, tags, app: app.app, name, layout, repository, mask, redirectVersion, authfile: undefined };
}

/** Returns the beginning of the keys of an application's objects. */
export function appPrefix(app: VendorApp): string {
  return appPlaces(app)?.prefix ?? `${appFolder(app.app)}/`;
}

/** Returns the places of an application's objects; undefined for images of v1, which have no manifests. */
export function appPlaces({ app, name, layout, redirectVersion }: VendorApp): V2Places | undefined {
  switch (layout) {
    case 'v1':
      return undefined;
    case 'pulp':
      return pulpPlaces(appFolder(app), redirectVersion);
    case 'static':
      return staticPlaces(name);
  }
}
