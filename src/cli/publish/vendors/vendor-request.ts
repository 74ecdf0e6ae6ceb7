import { existsSync } from 'node:fs';
import { appSource, openedBy, vendorOptionNames, vendorTarget } from '../../../publish/vendors/app-places.js';
import { findVendor, readVendors } from '../../../publish/vendors/read-vendors.js';
import type { Vendor, VendorApp } from '../../../publish/vendors/vendor.js';
import { RegistryError } from '../../../registry/registry-error.js';
import type { PublishRequest } from '../publish-request.js';

/** Options of the commands for vendors. */
export interface VendorFlags {
  readonly vendors: string;
  readonly json: boolean;
  readonly verbose: number;
  readonly dryRun?: boolean;
}

/** Options of `provision publish publish`. */
export interface PublishAppFlags extends VendorFlags {
  /** Seconds. */
  readonly wait: number;
}

/** Options of `provision publish withdraw`. */
export interface WithdrawFlags extends VendorFlags {
  readonly all: boolean;
  /** Seconds. */
  readonly wait: number;
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

/**
 * Makes the request of `provision publish` for an application.
 * @param source counts before that of the file
 * @throws RegistryError `input` where neither names one
 */
export function appRequest(vendor: Vendor, app: VendorApp, flags: VendorFlags, source?: string): PublishRequest {
  const { access, url, endpoint, region, profile, ca, invalidate } = vendor;
  return {
    target: vendorTarget(vendor),
    ...appSource(app, source),
    protected: app.isProtected,
    redirectFile: app.redirectFile,
    makesRedirectFolder: true,
    ...{ url, endpoint, region, profile, ca },
    options: vendorOptionNames,
    public: access === 'public-read',
    // The bucket's policy is made by setup, and by nothing else.
    publicPolicy: false,
    openedBy: openedBy(vendor),
    isVerified: access !== 'private',
    create: false,
    dryRun: flags.dryRun === true,
    repair: false,
    invalidate,
    json: flags.json,
    verbose: flags.verbose,
  };
}
