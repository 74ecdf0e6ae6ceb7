import { existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { replaceFile } from '../../files/replace-file.js';
import { appFolder } from '../../publish/layouts/app-name.js';
import type { PublishedObject } from '../../publish/layouts/publication.js';
import type { Redirect } from '../../publish/redirects/redirect.js';
import { redirectText } from '../../publish/redirects/write-redirect.js';
import type { OpenedSource } from '../../publish/sources/open-source.js';
import type { ObjectStore } from '../../publish/stores/object-store.js';
import { authoritiesIn, bucketSettings, openStoreTarget } from '../../publish/stores/store-target.js';
import { type PulledApp, pulledLine } from '../../publish/vendors/pull-app.js';
import { toldLine } from '../../publish/verbs/invalidate.js';
import type { PublishReport } from '../../publish/verbs/publish.js';
import { publishVerified } from '../../publish/verbs/publish-verified.js';
import { requireUnprotected } from '../../publish/verbs/require-unprotected.js';
import { problemLines, type VerifiedTag } from '../../publish/verbs/verify.js';
import { RegistryError } from '../../registry/registry-error.js';
import { count } from '../../text/count.js';
import { formatBytes } from '../../text/format-bytes.js';
import { clearProgress, drawProgress, printLines, printMessage } from '../terminal/output.js';
import { ObjectLines } from './object-lines.js';
import { prepareBucket } from './prepare-bucket.js';
import type { PublishSettings } from './publish-request.js';

/** Application to be published, its source opened. */
export interface OpenedApp extends Omit<OpenedSource, 'close'> {
  readonly app: string;
  /** Words before its last lines, where there are several. */
  readonly title?: string | undefined;
  readonly redirectFile: string | undefined;
}

interface PublishedApp {
  readonly status: number;
  readonly report: ReturnType<typeof jsonReport>;
}

/** Publishes applications one after another, and prints what is done. @returns the exit status, and reports for `--json` */
export async function publishApps(apps: readonly OpenedApp[], request: PublishSettings, signal: AbortSignal) {
  for (const { layout } of apps) await requireUnprotected(layout, request.openedBy);
  const settings = bucketSettings(request.target, request, signal);
  if (settings !== undefined) await prepareBucket(apps, request, settings);
  const store = await openStoreTarget(request.target, settings);
  try {
    const done: PublishedApp[] = [];
    for (const app of apps) done.push(await publishTo(store, app, request, signal));
    return {
      status: Math.max(0, ...done.map(({ status }) => status)),
      reports: done.map(({ report }) => report),
    };
  } finally {
    await store.close();
  }
}

async function publishTo(
  store: ObjectStore,
  opened: OpenedApp,
  request: PublishSettings,
  signal: AbortSignal,
): Promise<PublishedApp> {
  const { layout, lines: sourceLines } = opened;
  if (!request.json) printLines(sourceLines);
  const isLive = process.stderr.isTTY === true && !request.json;
  const lines = new ObjectLines((object, isNew) => lineOf(object, isNew, request));
  let [sent, all] = [0, 0];
  const { url = store.url, invalidate: command } = request;
  const told = (addresses: number) => {
    if (isLive) clearProgress();
    if (!request.json) printMessage(toldLine(addresses));
  };
  const { verified, pulled, report } = await publishVerified({
    layout,
    store,
    access: request.public ? 'public-read' : 'private',
    redirect: redirectOf(opened, request, store),
    caches: command === undefined ? undefined : { command, url, told },
    verify: request.isVerified && url !== undefined ? { url, ca: authoritiesIn(request.ca) } : undefined,
    pull: request.pull,
    isDryRun: request.dryRun,
    isRepair: request.repair,
    signal,
    report(event) {
      if (event.event === 'planned') {
        if (!request.json) printLines(event.publication.notices);
        lines.begin(event.publication.objects);
        all = event.toSend.bytes;
      }
      if (event.event === 'deleted' && !request.json)
        printLines([`${request.dryRun ? 'Would delete' : 'Deleted'} ${placeOf(event.key, request)}`]);
      if (event.event !== 'stored' && event.event !== 'there') return;
      if (event.event === 'stored') sent += event.object.size;
      const due = lines.add(event.object, event.event === 'stored');
      if (isLive) clearProgress();
      if (!request.json) printLines(due);
      if (isLive) drawProgress(`${formatBytes(sent)} of ${formatBytes(all)}`);
    },
    stored(stored, tags) {
      if (isLive) clearProgress();
      if (!request.json) printReport(stored, tags, opened, request);
    },
  });
  if (!request.json && pulled !== undefined) printPulled(pulled);
  const isRight = problemLines(verified).length === 0;
  return {
    status: isRight && pulled?.advice === undefined ? 0 : 2,
    report: jsonReport(report, { verified, pulled }, sourceLines, request),
  };
}

/** Makes the report of an application as `--json` prints it. */
function jsonReport(
  { publication, stored, there, deleted, traffic }: PublishReport,
  checked: { readonly verified: readonly VerifiedTag[] | undefined; readonly pulled: PulledApp | undefined },
  sourceLines: readonly string[],
  { dryRun }: PublishSettings,
) {
  const { kind: layout, name, tags, objects, notices } = publication;
  return {
    layout,
    name,
    dryRun,
    tags: tags.map(({ tag }) => tag),
    objects: objects.map(({ key, size, sha256, contentType }) => ({ key, size, sha256, contentType })),
    stored,
    there,
    deleted,
    traffic,
    notices: [...sourceLines, ...notices],
    ...checked,
  };
}

function printReport(
  { stored, there, traffic }: PublishReport,
  verified: readonly VerifiedTag[] | undefined,
  { title }: OpenedApp,
  { dryRun }: PublishSettings,
): void {
  const problems = problemLines(verified);
  const which = title === undefined ? '' : `${title}: `;
  for (const problem of problems) printMessage(`failed ${which}${problem}`);
  const what = `${count(stored.objects, 'object')} ${dryRun ? 'would be stored' : 'stored'}`;
  const sizes = `${formatBytes(stored.bytes)}, ${there.objects} there already; ${count(traffic.requests, 'request')}`;
  printMessage(`${which}${what}, ${sizes}`);
  if (verified !== undefined && problems.length === 0)
    printMessage(`${which}${count(verified.length, 'tag')} pulled without an account`);
}

function printPulled(pulled: PulledApp): void {
  // Of a tag that is not known, nothing else is.
  const firsts = pulled.tags.map(({ tag, problems }) => ({ tag, problems: problems.slice(0, 1) }));
  for (const problem of problemLines(firsts)) printMessage(`failed ${problem}`);
  printMessage(pulled.advice ?? pulledLine(pulled));
}

/** Words of a line as the older tool had them. */
function lineOf({ key }: PublishedObject, isNew: boolean, request: PublishSettings): string | undefined {
  const place = placeOf(key, request);
  if (!isNew) return request.verbose > 0 ? `Already there ${place}` : undefined;
  return request.dryRun ? `Would upload to ${place}` : `Successfully uploaded to ${place}`;
}

/** Names an object as the older tool did: boto's text of a bucket, and the key. */
function placeOf(key: string, { target }: PublishSettings): string {
  const prefix = target.kind === 'bucket' && target.prefix !== '' ? `${target.prefix}/` : '';
  return `${target.kind === 'bucket' ? `<Bucket: ${target.bucket}>` : target.path}:${prefix}${key}`;
}

function redirectOf({ redirectFile, app, layout }: OpenedApp, request: PublishSettings, store: ObjectStore) {
  const { url = store.url } = request;
  if (redirectFile === undefined) return undefined;
  if (url === undefined)
    throw new RegistryError('input', 'a redirect file needs the public address of the folder', {
      hint: 'give it with --url',
    });
  if (layout.kind === 'static')
    throw new RegistryError('input', 'a redirect file is for Crane, which the layout static does without', {
      hint: 'leave it out, or give --layout pulp',
    });
  const folder = dirname(resolve(redirectFile));
  if (request.makesRedirectFolder !== true && !existsSync(folder))
    throw new RegistryError('input', `could not write ${redirectFile}: there is no folder ${folder}`, {
      hint: 'make it, or name another file',
    });
  const write = async (planned: Redirect) => {
    const redirect = { ...planned, isProtected: planned.isProtected || request.protected };
    try {
      if (request.makesRedirectFolder === true) mkdirSync(dirname(resolve(redirectFile)), { recursive: true });
      await replaceFile(resolve(redirectFile), redirectText(redirect), { mode: 0o644 });
    } catch (error) {
      throw new RegistryError('input', `could not write ${redirectFile}: ${(error as Error).message}`, {
        cause: error,
        hint: 'check its folder and the rights there',
      });
    }
  };
  return { url: `${url}/${appFolder(app)}/`, write };
}
