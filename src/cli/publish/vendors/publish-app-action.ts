import { pullApp } from '../../../publish/vendors/pull-app.js';
import { findApp } from '../../../publish/vendors/read-vendors.js';
import { printMessage } from '../../terminal/output.js';
import { runUntilStopped } from '../../terminal/run-until-stopped.js';
import { publishRequested } from '../publish-action.js';
import { appRequest, type PublishAppFlags, requestedVendor, type VendorFlags } from './vendor-request.js';

/** Names of a vendor and an application, and a source that counts before that of the file. */
type AppWords = readonly [vendor: string, app: string, source: string | undefined];

/** Runs `provision publish upload`: no redirect file is written, and nothing is verified. @returns the exit status */
export function uploadAppAction([vendorName, appName, source]: AppWords, flags: VendorFlags): Promise<number> {
  return runUntilStopped(flags, async (signal) => {
    const vendor = requestedVendor(flags, vendorName);
    const request = appRequest(vendor, findApp(vendor, appName), flags, source);
    return await publishRequested({ ...request, redirectFile: undefined, isVerified: false }, signal);
  });
}

/** Runs `provision publish publish`. @returns the exit status */
export function publishAppAction([vendorName, appName, source]: AppWords, flags: PublishAppFlags): Promise<number> {
  return runUntilStopped(flags, async (signal) => {
    const vendor = requestedVendor(flags, vendorName);
    const app = findApp(vendor, appName);
    const request = appRequest(vendor, app, flags, source);
    const { wait, json } = flags;
    const waits = (front: string) => {
      if (!json) printMessage(`waiting up to ${wait} s: ${front} has yet to look at its redirect files`);
    };
    const isPulled = wait > 0 && vendor.pull_from !== undefined && app.redirectFile !== undefined;
    const status = await publishRequested(
      {
        ...request,
        pull: isPulled ? (publication) => pullApp(vendor, app, publication, { wait, waits, signal }) : undefined,
      },
      signal,
    );
    if (!json && !request.dryRun && vendor.access === 'private' && !isPulled)
      printMessage(`${vendor.vendor} is private: nothing was pulled without an account`);
    return status;
  });
}
