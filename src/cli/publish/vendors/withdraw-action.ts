import { findApp } from '../../../publish/vendors/read-vendors.js';
import { withdrawApp } from '../../../publish/vendors/withdraw-app.js';
import { toldLine } from '../../../publish/verbs/invalidate.js';
import { RegistryError } from '../../../registry/registry-error.js';
import { count } from '../../../text/count.js';
import { printJson, printLines, printMessage } from '../../terminal/output.js';
import { runUntilStopped } from '../../terminal/run-until-stopped.js';
import { requestedVendor, type WithdrawFlags } from './vendor-request.js';

/** Runs `provision publish withdraw`. @returns the exit status */
export function withdrawAction(
  vendorName: string,
  appName: string,
  tags: readonly string[],
  flags: WithdrawFlags,
): Promise<number> {
  const { all, wait, json } = flags;
  return runUntilStopped(flags, async (signal) => {
    const vendor = requestedVendor(flags, vendorName);
    const app = findApp(vendor, appName);
    if (all && tags.length > 0)
      throw new RegistryError('input', '--all is given beside tags', { hint: 'leave out one of them' });
    const isDryRun = flags.dryRun === true;
    const { store, keys } = await withdrawApp(vendor, app, {
      tags: all ? undefined : tags,
      wait: wait * 1000,
      isDryRun,
      signal,
      told(addresses) {
        if (!json) printMessage(toldLine(addresses));
      },
      waits() {
        if (!json && wait > 0) printMessage(`waiting ${wait} s: redirects that were given still lead to the content`);
      },
    });
    if (json) printJson({ vendor: vendor.vendor, app: app.app, dryRun: isDryRun, deleted: keys }, 2);
    else {
      printLines(keys.map((key) => `${isDryRun ? 'would delete' : 'deleted'} ${store}/${key}`));
      printMessage(`${count(keys.length, 'object')} ${isDryRun ? 'would be deleted' : 'deleted'}`);
    }
    return 0;
  });
}
