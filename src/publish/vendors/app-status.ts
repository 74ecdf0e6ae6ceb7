import { reasonOf } from '../../diagnostics/reason.js';
import { RegistryError } from '../../registry/registry-error.js';
import type { Publication } from '../layouts/publication.js';
import type { Redirect } from '../redirects/redirect.js';
import { openPublishSource, type SourceOptions } from '../sources/open-source.js';
import type { ObjectStore, StoredObject } from '../stores/object-store.js';
import { authoritiesIn } from '../stores/store-target.js';
import { askAnonymously } from '../verbs/anonymous-request.js';
import { type PublicationStatus, publicationStatus } from '../verbs/status.js';
import { leftByWithdrawal } from '../verbs/withdraw.js';
import { leftByV1Withdrawal } from '../verbs/withdraw-v1.js';
import { appPlaces, appPrefix, appSource, openVendorStore } from './app-places.js';
import { redirectOfApp } from './redirect-state.js';
import type { Vendor, VendorApp } from './vendor.js';

/** Paths by which registries say that they are there, of version 1 and 2. */
const pings = ['/v1/_ping', '/v2/'];

/** Differences of an application between its source, its store and its redirect file. */
export interface AppStatus extends PublicationStatus {
  readonly app: string;
  /** false: there is no redirect file, which the layout needs. */
  readonly isNamed: boolean;
  /** Reason for which the source was not compared; undefined: it was. */
  readonly sourceError: string | undefined;
}

/** Compares source, store and redirect file of an application. @throws RegistryError */
export async function statusOfApp(vendor: Vendor, app: VendorApp, options: SourceOptions): Promise<AppStatus> {
  const store = await openVendorStore(vendor, options.signal);
  try {
    const redirect = redirectOfApp(app);
    const { plan, sourceError } = await planOfSource(store, app, options);
    const left = await leftOfApp(store, app, redirect);
    const status = await publicationStatus(store, plan, appPrefix(app), redirect, left);
    const isNamed = app.redirectFile === undefined || redirect !== undefined;
    return { app: app.app, isNamed, sourceError, ...status };
  } finally {
    await store.close();
  }
}

/** Lists what a withdrawal left which did not end. */
async function leftOfApp(
  store: ObjectStore,
  app: VendorApp,
  redirect: Redirect | undefined,
): Promise<readonly StoredObject[]> {
  const places = appPlaces(app);
  if (places !== undefined) return await leftByWithdrawal(store, places);
  return await leftByV1Withdrawal({ store, folder: appPrefix(app) }, redirect?.version === 1 ? redirect : undefined);
}

/** Source of an application, or the reason for which it was not read. */
interface PlannedSource {
  readonly plan?: Publication;
  readonly sourceError: string | undefined;
}

/** Reads the source of an application. One that is not named, or not read, is no reason to say nothing of the store. */
async function planOfSource(store: ObjectStore, app: VendorApp, options: SourceOptions): Promise<PlannedSource> {
  if (app.source === undefined) return { sourceError: 'the file of vendors names no source' };
  let source: Awaited<ReturnType<typeof openPublishSource>>;
  try {
    source = await openPublishSource(appSource(app), options);
  } catch (error) {
    return { sourceError: sourceErrorOf(error, options.signal) };
  }
  try {
    return { plan: await source.layout.plan(store), sourceError: undefined };
  } catch (error) {
    return { sourceError: sourceErrorOf(error, options.signal) };
  } finally {
    await source.close();
  }
}

/** Returns the reason of an error that a source gave. @throws the error where it is a bug, or was asked for */
function sourceErrorOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted || !(error instanceof RegistryError)) throw error;
  return error.message;
}

/** Returns true where nothing differs but what earlier publications left. */
export function isPublished(status: AppStatus): boolean {
  const { missing, different, dangling, unnamed, left, isNamed, sourceError } = status;
  const differences = [missing, different, dangling, unnamed, left];
  return isNamed && sourceError === undefined && differences.every(({ length }) => length === 0);
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
