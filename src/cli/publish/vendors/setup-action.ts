import { planBucket } from '../../../publish/stores/s3-setup.js';
import { appPrefix, vendorSettings, vendorTarget } from '../../../publish/vendors/app-places.js';
import { RegistryError } from '../../../registry/registry-error.js';
import { printJson, printLines } from '../../terminal/output.js';
import { runUntilStopped } from '../../terminal/run-until-stopped.js';
import { requestedVendor, type VendorFlags } from './vendor-request.js';

/** Days after which uploads that nobody finished are aborted by the service. */
const abortUploadsAfter = 7;

/** Runs `provision publish setup`: all changes are worked out before the first is made. @returns the exit status */
export function setupAction(name: string, flags: VendorFlags): Promise<number> {
  return runUntilStopped(flags, async (signal) => {
    const vendor = requestedVendor(flags, name);
    const target = vendorTarget(vendor);
    const settings = vendorSettings(vendor, signal);
    if (settings === undefined || target.kind === 'folder')
      throw new RegistryError('input', `${vendor.vendor} publishes to a folder, which needs no setup`, {
        hint: 'publish to it; a server of files, such as nginx, serves it',
      });
    const begin = target.prefix === '' ? '' : `${target.prefix}/`;
    const prefixes = vendor.apps.map((app) => `${begin}${app.layout === 'static' ? 'v2/' : appPrefix(app)}`);
    const plan = await planBucket(settings, {
      create: true,
      publicPrefixes: vendor.access === 'public-policy' ? [...new Set(prefixes)] : [],
      corsOrigins: vendor.cors ?? [],
      abortUploadsAfter,
    });
    try {
      const isDryRun = flags.dryRun === true;
      const lines = [];
      for (const { text, apply } of plan.changes) {
        if (!isDryRun) await apply();
        lines.push(`${isDryRun ? 'would ' : ''}${text}`);
        if (!flags.json) printLines(lines.slice(-1));
      }
      if (flags.json)
        printJson(
          { vendor: vendor.vendor, dryRun: isDryRun, changes: plan.changes.map(({ what, text }) => ({ what, text })) },
          2,
        );
      else if (lines.length === 0) printLines([`the bucket of ${vendor.vendor} is as it should be`]);
      return 0;
    } finally {
      plan.close();
    }
  });
}
