import { reasonOf } from '../../../diagnostics/reason.js';
import type { Publication } from '../../../publish/layouts/publication.js';
import type { ObjectStore } from '../../../publish/stores/object-store.js';
import { findApp, type Vendor, type VendorApp } from '../../../publish/vendors/read-vendors.js';
import { askAnonymously } from '../../../publish/verbs/anonymous-request.js';
import { type PublicationStatus, publicationStatus, type SizedKey } from '../../../publish/verbs/status.js';
import { RegistryError } from '../../../registry/registry-error.js';
import { count } from '../../../text/count.js';
import { formatBytes } from '../../../text/format-bytes.js';
import { printJson, printLines } from '../../terminal/output.js';
import { runUntilStopped } from '../../terminal/run-until-stopped.js';
import { openPublishSource } from '../open-source.js';
import { authoritiesIn, openStoreTarget } from '../store-target.js';
import { redirectOfApp } from './redirect-state.js';
import {
  appPrefix,
  appRequest,
  requestedVendor,
  type VendorFlags,
  vendorSettings,
  vendorTarget,
} from './vendor-request.js';

/** Exit status where something differs, as of a run with --check --strict. */
const differs = 3;

/** Paths by which registries say that they are there, of version 1 and 2. */
const pings = ['/v1/_ping', '/v2/'];

interface AppStatus extends PublicationStatus {
  readonly app: string;
  /** false: there is no redirect file, which the layout needs. */
  readonly isNamed: boolean;
  /** Reason for which the source was not compared; undefined: it was. */
  readonly sourceError: string | undefined;
}

/** Runs `provision publish status`. @returns the exit status */
export function statusAction(vendorName: string, appName: string | undefined, flags: VendorFlags): Promise<number> {
  return runUntilStopped(flags, async (signal) => {
    const vendor = requestedVendor(flags, vendorName);
    const apps = appName === undefined ? vendor.apps : [findApp(vendor, appName)];
    const all: AppStatus[] = [];
    const front = await stateOfFront(vendor, signal);
    if (!flags.json && front !== undefined) printLines([`${front.url}: ${front.reason ?? 'answers'}`]);
    for (const app of apps) {
      all.push(await statusOfApp(vendor, app, flags, signal));
      if (!flags.json) printLines(all.slice(-1).flatMap((status) => linesOf(vendor, status, flags)));
    }
    if (flags.json) printJson({ vendor: vendor.vendor, front, apps: all }, 2);
    else if (apps.length === 0) printLines([`${vendor.vendor} has no applications`]);
    return all.every(isSame) && front?.reason === undefined ? 0 : differs;
  });
}

/** State of what answers clients from the redirect files. */
interface FrontState {
  readonly url: string;
  /** undefined: it answers. */
  readonly reason: string | undefined;
}

async function stateOfFront({ pull_from: url, ca }: Vendor, signal: AbortSignal): Promise<FrontState | undefined> {
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

async function statusOfApp(
  vendor: Vendor,
  app: VendorApp,
  flags: VendorFlags,
  signal: AbortSignal,
): Promise<AppStatus> {
  const store = await openStoreTarget(vendorTarget(vendor), vendorSettings(vendor, signal));
  try {
    const redirect = redirectOfApp(app);
    const { plan, sourceError } = await planOfSource(store, vendor, app, flags, signal);
    const status = await publicationStatus(store, plan, appPrefix(app), redirect);
    const isNamed = app.redirectFile === undefined || redirect !== undefined;
    return { app: app.app, isNamed, sourceError, ...status };
  } finally {
    await store.close();
  }
}

/** Source of an application, or the reason for which it was not read. */
interface PlannedSource {
  readonly plan?: Publication;
  readonly sourceError: string | undefined;
}

/** Reads the source of an application. One that is not named, or not read, is no reason to say nothing of the store. */
async function planOfSource(
  store: ObjectStore,
  vendor: Vendor,
  app: VendorApp,
  flags: VendorFlags,
  signal: AbortSignal,
): Promise<PlannedSource> {
  if (app.source === undefined) return { sourceError: 'the file of vendors names no source' };
  let source: Awaited<ReturnType<typeof openPublishSource>>;
  try {
    source = await openPublishSource(appRequest(vendor, app, flags), signal);
  } catch (error) {
    return { sourceError: sourceErrorOf(error, signal) };
  }
  try {
    return { plan: await source.layout.plan(store), sourceError: undefined };
  } catch (error) {
    return { sourceError: sourceErrorOf(error, signal) };
  } finally {
    await source.close();
  }
}

/** Returns the reason of an error that a source gave. @throws the error where it is a bug, or was asked for */
function sourceErrorOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted || !(error instanceof RegistryError)) throw error;
  return error.message;
}

function isSame({ missing, different, dangling, unnamed, isNamed, sourceError }: AppStatus): boolean {
  return (
    isNamed && sourceError === undefined && [missing, different, dangling, unnamed].every(({ length }) => length === 0)
  );
}

/** Returns the word for the state of an application. */
function headOf(status: AppStatus): string {
  if (isSame(status)) return 'published';
  if (status.published.length === 0) return 'not published';
  return isSame({ ...status, sourceError: undefined }) ? 'store and redirect file agree' : 'differs';
}

function linesOf(vendor: Vendor, status: AppStatus, { verbose }: VendorFlags): string[] {
  const { app, published, missing, different, besides, dangling, unnamed, isNamed, sourceError } = status;
  const publish = `provision publish publish ${vendor.vendor} ${app}${sourceError === undefined ? '' : ' SOURCE'}`;
  const line = (what: string, objects: readonly SizedKey[]) =>
    objects.length === 0 ? [] : [`  ${what}: ${sizesOf(objects)}`, ...(verbose > 0 ? keysOf(objects) : [])];
  return [
    `${app}: ${headOf(status)}, ${sizesOf(published)}`,
    ...line('the source has, and the store has not', missing),
    ...line('in the store in another size', different),
    ...line('in the store only, of earlier publications', besides),
    ...line('in the store, and not named by the redirect file', unnamed),
    ...(dangling.length === 0
      ? []
      : [`  named by the redirect file, and not in the store: ${count(dangling.length, 'key')}`]),
    ...(verbose > 0 ? dangling.map((key) => `    ${key}`) : []),
    ...(isNamed ? [] : ['  there is no redirect file']),
    ...(sourceError === undefined ? [] : [`  its source was not compared: ${sourceError}`]),
    ...(isSame(status) ? pullLines(vendor, app) : [`  to mend it: ${publish}`]),
  ];
}

function pullLines({ pull_from: from, apps }: Vendor, name: string): string[] {
  const found = apps.find(({ app }) => app === name);
  return from === undefined || found === undefined
    ? []
    : [`  docker pull ${from.replace(/^https?:\/\//, '')}/${found.name}`];
}

function sizesOf(objects: readonly SizedKey[]): string {
  return `${count(objects.length, 'object')}, ${formatBytes(objects.reduce((sum, { size }) => sum + size, 0))}`;
}

function keysOf(objects: readonly SizedKey[]): string[] {
  return objects.map(({ key, size }) => `    ${key}  ${formatBytes(size)}`);
}
