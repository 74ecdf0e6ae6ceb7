import { appFolder } from '../../../publish/layouts/app-name.js';
import { pulpPlaces, staticPlaces } from '../../../publish/layouts/v2-places.js';
import type { ObjectStore } from '../../../publish/stores/object-store.js';
import { keptRedirect } from '../../../publish/vendors/kept-redirect.js';
import { findApp, type VendorApp } from '../../../publish/vendors/read-vendors.js';
import { withdrawTags } from '../../../publish/verbs/withdraw.js';
import { withdrawV1Tags } from '../../../publish/verbs/withdraw-v1.js';
import { RegistryError } from '../../../registry/registry-error.js';
import { count } from '../../../text/count.js';
import { printJson, printLines, printMessage } from '../../terminal/output.js';
import { runUntilStopped } from '../../terminal/run-until-stopped.js';
import { openStoreTarget } from '../store-target.js';
import { redirectOfApp, writeRedirectOfApp } from './redirect-state.js';
import { requestedVendor, vendorSettings, vendorTarget, type WithdrawFlags } from './vendor-request.js';

/** Runs `provision publish withdraw`. @returns the exit status */
export function withdrawAction(
  vendorName: string,
  appName: string,
  tags: readonly string[],
  flags: WithdrawFlags,
): Promise<number> {
  return runUntilStopped(flags, async (signal) => {
    const vendor = requestedVendor(flags, vendorName);
    const app = findApp(vendor, appName);
    if (flags.all === tags.length > 0)
      throw new RegistryError('input', flags.all ? '--all is given beside tags' : 'no tag is named', {
        hint: 'name the tags, or give --all to withdraw all of them',
      });
    const target = vendorTarget(vendor);
    const store = await openStoreTarget(target, vendorSettings(vendor, signal));
    try {
      const keys = await withdrawn(
        store,
        app,
        flags.all ? undefined : tags,
        {
          access: vendor.access === 'public-read' ? 'public-read' : 'private',
          wait: flags.wait * 1000,
          isDryRun: flags.dryRun === true,
          signal,
        },
        flags,
      );
      const isDryRun = flags.dryRun === true;
      if (flags.json) printJson({ vendor: vendor.vendor, app: app.app, dryRun: isDryRun, deleted: keys }, 2);
      else {
        printLines(keys.map((key) => `${isDryRun ? 'would delete' : 'deleted'} ${store.name}/${key}`));
        printMessage(`${count(keys.length, 'object')} ${isDryRun ? 'would be deleted' : 'deleted'}`);
      }
      return 0;
    } finally {
      await store.close();
    }
  });
}

interface Common {
  readonly access: 'private' | 'public-read';
  readonly wait: number;
  readonly isDryRun: boolean;
  readonly signal: AbortSignal;
}

async function withdrawn(
  store: ObjectStore,
  app: VendorApp,
  tags: readonly string[] | undefined,
  common: Common,
  { json, wait }: WithdrawFlags,
): Promise<readonly string[]> {
  const redirect = redirectOfApp(app);
  const tellOfWait = () => {
    if (!json && wait > 0) printMessage(`waiting ${wait} s: redirects that were given still lead to the content`);
  };
  if (app.layout === 'v1') {
    if (redirect?.version !== 1)
      throw new RegistryError('not-found', `${app.app} has no redirect file of version 1: ${app.redirectFile}`, {
        hint: 'nothing of it is published, or its layout is another one',
      });
    return await withdrawV1Tags({
      ...common,
      store,
      folder: `${appFolder(app.app)}/`,
      redirect,
      tags,
      writeRedirect: (kept) => writeRedirectOfApp(app, kept),
      waits: tellOfWait,
    });
  }
  // The folders of manifests differ by it: what lies in others would not be found.
  if (redirect !== undefined && redirect.version !== app.redirectVersion)
    throw new RegistryError(
      'input',
      `${app.redirectFile} is of version ${redirect.version}, and the file of vendors says ${app.redirectVersion}`,
      { hint: 'write the layout and redirect_version by which it was published' },
    );
  const places = app.layout === 'static' ? staticPlaces(app.name) : pulpPlaces(appFolder(app.app), app.redirectVersion);
  const done = await withdrawTags({
    ...common,
    store,
    places,
    name: app.name,
    tags,
    async writeRedirect(kept) {
      if (redirect !== undefined) await writeRedirectOfApp(app, keptRedirect(redirect, places, kept));
    },
    waits: tellOfWait,
  });
  return [...done.tags, ...done.manifests, ...done.blobs];
}
