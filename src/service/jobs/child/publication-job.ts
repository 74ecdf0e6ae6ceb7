import { basename } from 'node:path';
import { InputError } from '../../../diagnostics/diagnostic.js';
import type { RunEvent } from '../../../engine/events.js';
import { type AppStatus, isPublished, stateOfFront, statusOfApp } from '../../../publish/vendors/app-status.js';
import { publishApp } from '../../../publish/vendors/publish-app.js';
import { pulledLine } from '../../../publish/vendors/pull-app.js';
import { findApp, findVendor, readVendors } from '../../../publish/vendors/read-vendors.js';
import { withdrawApp } from '../../../publish/vendors/withdraw-app.js';
import { toldLine } from '../../../publish/verbs/invalidate.js';
import type { SizedKey } from '../../../publish/verbs/status.js';
import { problemLines } from '../../../publish/verbs/verify.js';
import { RegistryError } from '../../../registry/registry-error.js';
import { count } from '../../../text/count.js';
import { formatBytes } from '../../../text/format-bytes.js';
import type { ChildRequest, JobEnd, LookAnswer, PublicationComparison } from './child-request.js';

/** Keys of a comparison at most, of each kind. */
const mostKeys = 100;

type Say = (text: string, level?: 'info' | 'warning') => void;
type Outcome = Omit<JobEnd, 'event' | 'time'>;

/** Publishes, uploads or withdraws images of an application, as the job asks. */
export async function workOnPublication(
  request: Extract<ChildRequest, { work: 'publication' }>,
  onEvent: (event: RunEvent) => void,
  signal: AbortSignal,
): Promise<Outcome> {
  const say: Say = (text, level = 'info') => onEvent({ event: 'message', time: new Date().toISOString(), level, text });
  try {
    return request.publication.verb === 'withdraw'
      ? await withdraw(request, say, signal)
      : await store(request, say, signal);
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    const problem = worded(error);
    return signal.aborted ? { result: 'cancelled', problem } : { result: 'failed', problem };
  }
}

async function store(
  { vendors, publication }: Extract<ChildRequest, { work: 'publication' }>,
  say: Say,
  signal: AbortSignal,
): Promise<Outcome> {
  const { isDryRun, verb } = publication;
  const vendor = findVendor(readVendors(vendors), publication.vendor);
  const { report, verified, pulled, isRedirectNew } = await publishApp(vendor, findApp(vendor, publication.app), {
    isAnnounced: verb === 'publish',
    isDryRun,
    signal,
    notice: (line) => say(line, 'warning'),
    told: (addresses) => say(toldLine(addresses)),
    waits: (front) => say(`waiting until ${front} has looked at its redirect files`),
    report(event) {
      if (event.event === 'planned') {
        const { toSend, there, publication: planned } = event;
        for (const notice of planned.notices) say(notice, 'warning');
        say(
          `${count(toSend.objects, 'object')} to store, ${formatBytes(toSend.bytes)}; ${there.objects} there already`,
        );
      } else if (event.event === 'stored') {
        const { key, size } = event.object;
        say(`${isDryRun ? 'would store' : 'stored'} ${key}, ${formatBytes(size)}`);
      } else if (event.event === 'redirect') {
        say(isDryRun ? 'would write the redirect file' : 'wrote the redirect file');
      } else if (event.event === 'deleted') {
        say(`${isDryRun ? 'would delete' : 'deleted'} ${event.key}`);
      }
    },
  });
  const problems = problemLines(verified);
  for (const problem of [...problems, ...problemLines(pulled?.tags)]) say(problem, 'warning');
  if (problems.length > 0)
    return { result: 'failed', problem: `${count(problems.length, 'tag')} could not be pulled: ${problems[0]}` };
  if (pulled?.advice !== undefined) return { result: 'failed', problem: pulled.advice };
  if (verified !== undefined) say(`${count(verified.length, 'tag')} pulled without an account`);
  if (pulled !== undefined) say(pulledLine(pulled));
  else if (!isDryRun && vendor.access === 'private') say(`${vendor.vendor} is private: nothing was pulled`);
  if (report.stored.objects === 0 && report.deleted.length === 0 && !isRedirectNew) return { result: 'ok' };
  return { result: isDryRun ? 'differs' : 'changed' };
}

async function withdraw(
  { vendors, publication }: Extract<ChildRequest, { work: 'publication' }>,
  say: Say,
  signal: AbortSignal,
): Promise<Outcome> {
  const { isDryRun, tags, wait } = publication;
  const vendor = findVendor(readVendors(vendors), publication.vendor);
  const { keys } = await withdrawApp(vendor, findApp(vendor, publication.app), {
    tags,
    wait: wait * 1000,
    isDryRun,
    signal,
    told: (addresses) => say(toldLine(addresses)),
    waits: () => say(`waiting ${wait} s: redirects that were given still lead to the content`),
  });
  for (const key of keys) say(`${isDryRun ? 'would delete' : 'deleted'} ${key}`);
  return { result: keys.length === 0 ? 'ok' : isDryRun ? 'differs' : 'changed' };
}

/** Compares the source of an application with its store and redirect file. */
export async function comparePublication(
  { vendors, vendor: name, app }: Extract<ChildRequest, { work: 'compare' }>,
  signal: AbortSignal,
): Promise<LookAnswer> {
  try {
    const vendor = findVendor(readVendors(vendors), name);
    const [front, status] = await Promise.all([
      stateOfFront(vendor, signal),
      statusOfApp(vendor, findApp(vendor, app), { signal, notice: () => {} }),
    ]);
    return {
      comparison: {
        ...shown(status),
        front: front === undefined ? null : { url: front.url, problem: front.reason ?? null },
      },
    };
  } catch (error) {
    if (error instanceof RegistryError)
      return {
        errors: [
          { code: error.kind, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) },
        ],
      };
    if (!(error instanceof InputError)) throw error;
    return {
      errors: error.diagnostics.map(({ code, message, hint, place }) => ({
        code,
        message,
        ...(hint === undefined ? {} : { hint }),
        // A path of this machine is nobody's business who has no shell here.
        ...(place === undefined
          ? {}
          : { place: { file: basename(place.file), line: place.line, column: place.column } }),
      })),
    };
  }
}

function shown(status: AppStatus): Omit<PublicationComparison, 'front'> {
  const { published, missing, different, besides, unnamed, left, dangling, isNamed } = status;
  return {
    state: isPublished(status) ? 'published' : published.length === 0 ? 'unpublished' : 'differs',
    sourceProblem: status.sourceError ?? null,
    published: sized(published),
    missing: sized(missing),
    different: sized(different),
    besides: sized(besides),
    unnamed: sized(unnamed),
    left: sized(left),
    dangling: dangling.slice(0, mostKeys),
    hasRedirectFile: isNamed,
  };
}

function sized(objects: readonly SizedKey[]): PublicationComparison['missing'] {
  return {
    objects: objects.length,
    bytes: objects.reduce((sum, { size }) => sum + size, 0),
    keys: objects.slice(0, mostKeys).map(({ key }) => key),
  };
}

function worded({ message, hint }: RegistryError): string {
  return hint === undefined ? message : `${message} (${hint})`;
}
