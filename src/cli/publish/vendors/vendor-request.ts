import { existsSync } from 'node:fs';
import { appFolder } from '../../../publish/layouts/app-name.js';
import type { BucketOptionNames } from '../../../publish/stores/s3-errors.js';
import type { S3Settings } from '../../../publish/stores/s3-settings.js';
import { findVendor, readVendors, type Vendor, type VendorApp } from '../../../publish/vendors/read-vendors.js';
import { RegistryError } from '../../../registry/registry-error.js';
import type { PublishRequest } from '../publish-request.js';
import { bucketSettings, readStoreTarget } from '../store-target.js';

/** Options of the commands for vendors. */
export interface VendorFlags {
  readonly vendors: string;
  readonly json: boolean;
  readonly verbose: number;
  readonly dryRun?: boolean;
}

/** Options of `provision publish withdraw`. */
export interface WithdrawFlags extends VendorFlags {
  readonly all: boolean;
  /** Seconds. */
  readonly wait: number;
}

/** Names of a vendor's keys, as hints have them. */
const vendorOptionNames: BucketOptionNames = {
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

/** Finds a vendor in the file of them. @throws InputError, RegistryError `input` */
export function requestedVendor({ vendors: file }: VendorFlags, name: string): Vendor {
  if (!existsSync(file))
    throw new RegistryError('input', `there is no file ${file} of vendors`, {
      hint: 'write it, or name another with --vendors FILE; docs/object-storage.md shows one',
    });
  const vendor = findVendor(readVendors(file), name);
  vendorTarget(vendor);
  return vendor;
}

/** Returns the place to which a vendor's images are published. @throws RegistryError `input` */
export function vendorTarget({ vendor, to }: Vendor) {
  return readStoreTarget(to, `write to: s3://BUCKET/PREFIX, or a folder, for ${vendor}`);
}

/**
 * Makes the request of `provision publish` for an application.
 * @param source counts before that of the file
 * @throws RegistryError `input` where neither names one
 */
export function appRequest(
  vendor: Vendor,
  app: VendorApp,
  flags: VendorFlags,
  source: string | undefined = app.source,
): PublishRequest {
  if (source === undefined)
    throw new RegistryError('input', `nothing says where the images of ${app.app} come from`, {
      hint: 'give the SOURCE behind it, or write source in the file of vendors',
    });
  const { access, url, endpoint, region, profile, ca } = vendor;
  return {
    target: vendorTarget(vendor),
    app: app.app,
    name: app.name,
    source,
    layout: app.layout,
    repository: app.repository,
    mask: new Set(app.mask),
    redirectVersion: app.redirectVersion,
    protected: app.isProtected,
    redirectFile: app.redirectFile,
    makesRedirectFolder: true,
    ...{ url, endpoint, region, profile, ca },
    options: vendorOptionNames,
    authfile: undefined,
    public: access === 'public-read',
    // The bucket's policy is made by setup, and by nothing else.
    publicPolicy: false,
    isPublic: access !== 'private',
    create: false,
    dryRun: flags.dryRun === true,
    repair: false,
    json: flags.json,
    verbose: flags.verbose,
  };
}

/** Returns the beginning of the keys of an application's objects. */
export function appPrefix({ app, name, layout }: VendorApp): string {
  return layout === 'static' ? `v2/${name}/` : `${appFolder(app)}/`;
}
