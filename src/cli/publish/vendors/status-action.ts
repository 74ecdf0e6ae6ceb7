import { type AppStatus, isPublished, stateOfFront, statusOfApp } from '../../../publish/vendors/app-status.js';
import { findApp } from '../../../publish/vendors/read-vendors.js';
import type { Vendor } from '../../../publish/vendors/vendor.js';
import type { SizedKey } from '../../../publish/verbs/status.js';
import { count } from '../../../text/count.js';
import { formatBytes } from '../../../text/format-bytes.js';
import { note } from '../../terminal/note.js';
import { printJson, printLines } from '../../terminal/output.js';
import { runUntilStopped } from '../../terminal/run-until-stopped.js';
import { requestedVendor, type VendorFlags } from './vendor-request.js';

/** Exit status where something differs, as of a run with --check --strict. */
const differs = 3;

/** Runs `provision publish status`. @returns the exit status */
export function statusAction(vendorName: string, appName: string | undefined, flags: VendorFlags): Promise<number> {
  return runUntilStopped(flags, async (signal) => {
    const vendor = requestedVendor(flags, vendorName);
    const apps = appName === undefined ? vendor.apps : [findApp(vendor, appName)];
    const all: AppStatus[] = [];
    const front = await stateOfFront(vendor, signal);
    if (!flags.json && front !== undefined) printLines([`${front.url}: ${front.reason ?? 'answers'}`]);
    for (const app of apps) {
      all.push(await statusOfApp(vendor, app, { signal, notice: note }));
      if (!flags.json) printLines(all.slice(-1).flatMap((status) => linesOf(vendor, status, flags)));
    }
    if (flags.json) printJson({ vendor: vendor.vendor, front, apps: all }, 2);
    else if (apps.length === 0) printLines([`${vendor.vendor} has no applications`]);
    return all.every(isPublished) && front?.reason === undefined ? 0 : differs;
  });
}

/** Returns the word for the state of an application. */
function headOf(status: AppStatus): string {
  if (isPublished(status)) return 'published';
  if (status.published.length === 0) return 'not published';
  return isPublished({ ...status, sourceError: undefined }) ? 'store and redirect file agree' : 'differs';
}

function linesOf(vendor: Vendor, status: AppStatus, { verbose }: VendorFlags): string[] {
  const { app, published, missing, different, besides, dangling, unnamed, left, isNamed, sourceError } = status;
  const publish = `provision publish publish ${vendor.vendor} ${app}${sourceError === undefined ? '' : ' SOURCE'}`;
  const line = (what: string, objects: readonly SizedKey[]) =>
    objects.length === 0 ? [] : [`  ${what}: ${sizesOf(objects)}`, ...(verbose > 0 ? keysOf(objects) : [])];
  return [
    `${app}: ${headOf(status)}, ${sizesOf(published)}`,
    ...line('the source has, and the store has not', missing),
    ...line('in the store in another size', different),
    ...line('in the store only, of earlier publications', besides),
    ...line('in the store, and not named by the redirect file', unnamed),
    ...line('left by a withdrawal that did not end', left),
    ...(dangling.length === 0
      ? []
      : [`  named by the redirect file, and not in the store: ${count(dangling.length, 'key')}`]),
    ...(verbose > 0 ? dangling.map((key) => `    ${key}`) : []),
    ...(isNamed ? [] : ['  there is no redirect file']),
    ...(sourceError === undefined ? [] : [`  its source was not compared: ${sourceError}`]),
    ...(left.length === 0 ? [] : [`  to end it: provision publish withdraw ${vendor.vendor} ${app}`]),
    ...(isPublished(status) ? pullLines(vendor, app) : []),
    ...(isPublished({ ...status, left: [] }) ? [] : [`  to mend it: ${publish}`]),
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
