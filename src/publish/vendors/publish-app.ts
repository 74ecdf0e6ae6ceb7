import { existsSync } from 'node:fs';
import { readTextFile } from '../../diagnostics/read-text.js';
import { RegistryError } from '../../registry/registry-error.js';
import { appFolder } from '../layouts/app-name.js';
import type { Redirect } from '../redirects/redirect.js';
import { redirectText } from '../redirects/write-redirect.js';
import { openPublishSource } from '../sources/open-source.js';
import { authoritiesIn } from '../stores/store-target.js';
import type { PublishEvent, RedirectFile } from '../verbs/publish.js';
import { publishVerified, type VerifiedPublication } from '../verbs/publish-verified.js';
import { requireUnprotected } from '../verbs/require-unprotected.js';
import { usualFrontWait } from '../verbs/usual-front-wait.js';
import { appSource, openedBy, openVendorStore, vendorCaches } from './app-places.js';
import { type PulledApp, pullApp } from './pull-app.js';
import { writeRedirectOfApp } from './redirect-state.js';
import type { Vendor, VendorApp } from './vendor.js';

/** Options of {@link publishApp}. */
export interface PublishAppOptions {
  /** false: images are stored, and the redirect file stays as it is. */
  readonly isAnnounced: boolean;
  readonly isDryRun: boolean;
  readonly signal: AbortSignal;
  /** Receives notices about a registry, and about the source. */
  readonly notice: (line: string) => void;
  /** Receives what happens; of a redirect file only where it is another one. */
  readonly report: (event: PublishEvent) => void;
  /** Is told when what answers clients does not have all yet, with its address. */
  readonly waits: (front: string) => void;
  /** Is told that caches before the store were told of so many addresses. */
  readonly told: (addresses: number) => void;
}

/** Publication of an application, done. */
export interface AppPublication extends VerifiedPublication<PulledApp> {
  /** true: the redirect file was another one, or was not there. */
  readonly isRedirectNew: boolean;
}

/** Stores the images of an application, writes its redirect file, and pulls each tag without an account: by its public address, and through `pull_from`. @throws RegistryError */
export async function publishApp(
  vendor: Vendor,
  app: VendorApp,
  { isAnnounced, isDryRun, signal, notice, report, waits, told }: PublishAppOptions,
): Promise<AppPublication> {
  const source = await openPublishSource(appSource(app), { signal, notice });
  try {
    for (const line of source.lines) notice(line);
    await requireUnprotected(source.layout, openedBy(vendor));
    const store = await openVendorStore(vendor, signal);
    try {
      const former = textOfRedirect(app);
      let isRedirectNew = false;
      const url = vendor.url ?? store.url;
      const isVerified = isAnnounced && vendor.access !== 'private' && url !== undefined;
      const done = await publishVerified({
        layout: source.layout,
        store,
        access: vendor.access === 'public-read' ? 'public-read' : 'private',
        redirect: isAnnounced ? redirectFileOf(vendor, app, url) : undefined,
        caches: vendorCaches(vendor, store, told),
        verify: isVerified ? { url, ca: authoritiesIn(vendor.ca) } : undefined,
        pull: async (publication) =>
          isAnnounced ? await pullApp(vendor, app, publication, { wait: usualFrontWait, waits, signal }) : undefined,
        isDryRun,
        signal,
        report(event) {
          if (event.event === 'redirect') isRedirectNew = redirectText(guarded(app, event.redirect)) !== former;
          if (event.event !== 'redirect' || isRedirectNew) report(event);
        },
      });
      return { ...done, isRedirectNew };
    } finally {
      await store.close();
    }
  } finally {
    await source.close();
  }
}

function textOfRedirect({ redirectFile: file }: VendorApp): string | undefined {
  return file === undefined || !existsSync(file) ? undefined : readTextFile(file);
}

function redirectFileOf({ vendor }: Vendor, app: VendorApp, url: string | undefined): RedirectFile | undefined {
  if (app.redirectFile === undefined) return undefined;
  if (url === undefined)
    throw new RegistryError('input', `${vendor} publishes to a folder: redirect files need its public address`, {
      hint: 'write it as url in the file of vendors',
    });
  return { url: `${url}/${appFolder(app.app)}/`, write: (redirect) => writeRedirectOfApp(app, guarded(app, redirect)) };
}

/** Returns a redirect file as the file of vendors wants it: for everybody, or not. */
function guarded({ isProtected }: VendorApp, redirect: Redirect): Redirect {
  return { ...redirect, isProtected: redirect.isProtected || isProtected };
}
