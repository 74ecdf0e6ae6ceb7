import { RegistryError } from '../../registry/registry-error.js';
import type { ImageRedirect } from '../redirects/redirect.js';
import type { ObjectStore } from '../stores/object-store.js';
import { withCaches } from '../verbs/invalidate.js';
import { withdrawTags } from '../verbs/withdraw.js';
import { withdrawV1Tags } from '../verbs/withdraw-v1.js';
import type { WithdrawalOptions } from '../verbs/withdrawal.js';
import { appPlaces, appPrefix, openVendorStore, vendorCaches } from './app-places.js';
import { keptRedirect } from './kept-redirect.js';
import { redirectOfApp, writeRedirectOfApp } from './redirect-state.js';
import type { Vendor, VendorApp } from './vendor.js';

/** Options of {@link withdrawApp}. */
export interface WithdrawAppOptions extends Omit<WithdrawalOptions, 'store'> {
  readonly signal: AbortSignal;
  /** Is told that caches before the store were told of so many addresses. */
  readonly told: (addresses: number) => void;
}

/**
 * Withdraws tags of an application in the order that nobody notices who is pulling, and what an interrupted withdrawal left.
 * @returns the name of the store, and the keys that were deleted, or would be
 * @throws RegistryError
 */
export async function withdrawApp(
  vendor: Vendor,
  app: VendorApp,
  options: WithdrawAppOptions,
): Promise<{ readonly store: string; readonly keys: readonly string[] }> {
  const opened = await openVendorStore(vendor, options.signal);
  try {
    const work = (store: ObjectStore) => withdrawFrom(store, vendor, app, options);
    const keys = await withCaches(opened, vendorCaches(vendor, opened, options.told), work);
    return { store: opened.name, keys };
  } finally {
    await opened.close();
  }
}

async function withdrawFrom(
  store: ObjectStore,
  vendor: Vendor,
  app: VendorApp,
  options: WithdrawAppOptions,
): Promise<readonly string[]> {
  const places = appPlaces(app);
  if (places === undefined) {
    return await withdrawV1Tags({
      ...options,
      store,
      folder: appPrefix(app),
      name: app.app,
      readRedirect: () => imageRedirectOf(app),
      writeRedirect: (kept) => writeRedirectOfApp(app, kept),
    });
  }
  const redirect = redirectOfApp(app);
  // The folders of manifests differ by it: what lies in others would not be found.
  if (redirect !== undefined && redirect.version !== app.redirectVersion)
    throw new RegistryError(
      'input',
      `${app.redirectFile} is of version ${redirect.version}, and the file of vendors says ${app.redirectVersion}`,
      { hint: 'write the layout and redirect_version by which it was published' },
    );
  const done = await withdrawTags({
    ...options,
    store,
    access: vendor.access === 'public-read' ? 'public-read' : 'private',
    places,
    name: app.name,
    async writeRedirect(kept) {
      // Somebody may have published something else since.
      const now = redirectOfApp(app);
      if (now !== undefined && now.version !== 1) await writeRedirectOfApp(app, keptRedirect(now, places, kept));
    },
  });
  return [...done.tags, ...done.manifests, ...done.blobs];
}

/** Reads a redirect file of images of v1; undefined where there is none. @throws RegistryError `input` */
function imageRedirectOf(app: VendorApp): ImageRedirect | undefined {
  const redirect = redirectOfApp(app);
  if (redirect === undefined || redirect.version === 1) return redirect;
  throw new RegistryError('input', `${app.redirectFile} is of version ${redirect.version}, and the layout is v1`, {
    hint: 'write the layout by which it was published',
  });
}
