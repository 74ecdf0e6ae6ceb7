import { findApp } from '../../../publish/vendors/read-vendors.js';
import { printMessage } from '../../terminal/output.js';
import { runUntilStopped } from '../../terminal/run-until-stopped.js';
import { publishRequested } from '../publish-action.js';
import { appRequest, requestedVendor, type VendorFlags } from './vendor-request.js';

/** Runs `provision publish publish`, or `upload`, which writes no redirect file and verifies nothing. @returns the exit status */
export function publishAppAction(
  [vendorName, appName, source]: readonly [string, string, string | undefined],
  flags: VendorFlags,
  verb: 'publish' | 'upload',
): Promise<number> {
  return runUntilStopped(flags, async (signal) => {
    const vendor = requestedVendor(flags, vendorName);
    const app = findApp(vendor, appName);
    const request = appRequest(vendor, app, flags, source);
    if (verb === 'upload')
      return await publishRequested({ ...request, redirectFile: undefined, isPublic: false }, signal);
    const status = await publishRequested(request, signal);
    if (!flags.json && !request.dryRun && vendor.access === 'private')
      printMessage(`${vendor.vendor} is private: nothing was pulled without an account`);
    return status;
  });
}
