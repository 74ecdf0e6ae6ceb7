import { reasonOf } from '../../diagnostics/reason.js';
import { openPublishSource, type SourceOptions } from '../sources/open-source.js';
import { authoritiesIn } from '../stores/store-target.js';
import { askAnonymously } from '../verbs/anonymous-request.js';
import { type PublicationStatus, publicationStatus } from '../verbs/status.js';
import { appPrefix, appSource, openVendorStore } from './app-places.js';
import type { Vendor, VendorApp } from './read-vendors.js';
import { redirectOfApp } from './redirect-state.js';

/** Paths by which registries say that they are there, of version 1 and 2. */
const pings = ['/v1/_ping', '/v2/'];

/** Differences of an application between its source, its store and its redirect file. */
export interface AppStatus extends PublicationStatus {
  readonly app: string;
  /** false: there is no redirect file, which the layout needs. */
  readonly isNamed: boolean;
}

/** Compares source, store and redirect file of an application. @throws RegistryError */
export async function statusOfApp(vendor: Vendor, app: VendorApp, options: SourceOptions): Promise<AppStatus> {
  const source = await openPublishSource(appSource(app), options);
  try {
    const store = await openVendorStore(vendor, options.signal);
    try {
      const redirect = redirectOfApp(app);
      const status = await publicationStatus(store, await source.layout.plan(store), appPrefix(app), redirect);
      return { app: app.app, isNamed: app.redirectFile === undefined || redirect !== undefined, ...status };
    } finally {
      await store.close();
    }
  } finally {
    await source.close();
  }
}

/** Returns true where nothing differs but what earlier publications left. */
export function isPublished({ missing, different, dangling, unnamed, isNamed }: AppStatus): boolean {
  return isNamed && [missing, different, dangling, unnamed].every(({ length }) => length === 0);
}

/** State of what answers clients from the redirect files. */
export interface FrontState {
  readonly url: string;
  /** undefined: it answers. */
  readonly reason: string | undefined;
}

/** Asks what answers clients of a vendor if it is there; undefined where none is named. */
export async function stateOfFront(
  { pull_from: url, ca }: Vendor,
  signal: AbortSignal,
): Promise<FrontState | undefined> {
  if (url === undefined) return undefined;
  const reasons: string[] = [];
  for (const path of pings) {
    try {
      const { status } = await askAnonymously(`${url}${path}`, {
        method: 'GET',
        most: 64 << 10,
        ca: authoritiesIn(ca),
        signal,
      });
      // A registry that wants an account is there.
      if (status === 200 || (status === 401 && path === '/v2/')) return { url, reason: undefined };
      reasons.push(`${path} is answered by ${status}`);
    } catch (error) {
      if (signal.aborted) throw error;
      return { url, reason: reasonOf(error) };
    }
  }
  return { url, reason: reasons.join(', ') };
}
