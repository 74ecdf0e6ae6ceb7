import { RegistryError } from '../../registry/registry-error.js';
import { appFolder } from '../layouts/app-name.js';
import { pulpPlaces, staticPlaces } from '../layouts/v2-places.js';
import { withdrawTags } from '../verbs/withdraw.js';
import { withdrawV1Tags } from '../verbs/withdraw-v1.js';
import { openVendorStore } from './app-places.js';
import { keptRedirect } from './kept-redirect.js';
import { redirectOfApp, writeRedirectOfApp } from './redirect-state.js';
import type { Vendor, VendorApp } from './vendor.js';

/** Options of {@link withdrawApp}. */
export interface WithdrawAppOptions {
  /** Undefined: all of them. */
  readonly tags: readonly string[] | undefined;
  /** Milliseconds for which redirects that were given still lead to content. */
  readonly wait: number;
  readonly isDryRun: boolean;
  readonly signal: AbortSignal;
  /** Is told when the wait begins. */
  readonly waits: () => void;
}

/**
 * Withdraws tags of an application in the order that nobody notices who is pulling.
 * @returns the name of the store, and the keys that were deleted, or would be
 * @throws RegistryError
 */
export async function withdrawApp(
  vendor: Vendor,
  app: VendorApp,
  options: WithdrawAppOptions,
): Promise<{ readonly store: string; readonly keys: readonly string[] }> {
  const store = await openVendorStore(vendor, options.signal);
  try {
    const access = vendor.access === 'public-read' ? ('public-read' as const) : ('private' as const);
    const common = { ...options, access, store };
    const redirect = redirectOfApp(app);
    if (app.layout === 'v1') {
      if (redirect?.version !== 1)
        throw new RegistryError('not-found', `${app.app} has no redirect file of version 1: ${app.redirectFile}`, {
          hint: 'nothing of it is published, or its layout is another one',
        });
      const keys = await withdrawV1Tags({
        ...common,
        folder: `${appFolder(app.app)}/`,
        redirect,
        writeRedirect: (kept) => writeRedirectOfApp(app, kept),
      });
      return { store: store.name, keys };
    }
    // The folders of manifests differ by it: what lies in others would not be found.
    if (redirect !== undefined && redirect.version !== app.redirectVersion)
      throw new RegistryError(
        'input',
        `${app.redirectFile} is of version ${redirect.version}, and the file of vendors says ${app.redirectVersion}`,
        { hint: 'write the layout and redirect_version by which it was published' },
      );
    const places =
      app.layout === 'static' ? staticPlaces(app.name) : pulpPlaces(appFolder(app.app), app.redirectVersion);
    const done = await withdrawTags({
      ...common,
      places,
      name: app.name,
      async writeRedirect(kept) {
        if (redirect !== undefined) await writeRedirectOfApp(app, keptRedirect(redirect, places, kept));
      },
    });
    return { store: store.name, keys: [...done.tags, ...done.manifests, ...done.blobs] };
  } finally {
    await store.close();
  }
}
