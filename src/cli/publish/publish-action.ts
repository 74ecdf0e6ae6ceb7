import { existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { replaceFile } from '../../files/replace-file.js';
import { appFolder } from '../../publish/layouts/app-name.js';
import type { LayoutKind, PublishedObject } from '../../publish/layouts/publication.js';
import type { Redirect } from '../../publish/redirects/redirect.js';
import { redirectText } from '../../publish/redirects/write-redirect.js';
import { openPublishSource } from '../../publish/sources/open-source.js';
import type { ObjectStore } from '../../publish/stores/object-store.js';
import type { S3Settings } from '../../publish/stores/s3-settings.js';
import { authoritiesIn, bucketSettings, openStoreTarget } from '../../publish/stores/store-target.js';
import { type PulledApp, pulledLine } from '../../publish/vendors/pull-app.js';
import type { PublishReport } from '../../publish/verbs/publish.js';
import { problemLines, type VerifiedTag } from '../../publish/verbs/verify.js';
import { RegistryError } from '../../registry/registry-error.js';
import { count } from '../../text/count.js';
import { formatBytes } from '../../text/format-bytes.js';
import { note } from '../terminal/note.js';
import { clearProgress, drawProgress, printJson, printLines, printMessage } from '../terminal/output.js';
import { runUntilStopped } from '../terminal/run-until-stopped.js';
import { ObjectLines } from './object-lines.js';
import { type PublishFlags, type PublishRequest, readPublishRequest } from './publish-request.js';

/** Runs `provision publish`. @returns the exit status */
export function publishAction(words: readonly string[], flags: PublishFlags): Promise<number> {
  return runUntilStopped(flags, async (signal) => await publishRequested(readPublishRequest(words, flags), signal));
}

/** Publishes what was asked for, and prints what was done. @returns the exit status */
export async function publishRequested(request: PublishRequest, signal: AbortSignal): Promise<number> {
  const source = await openPublishSource(request, { signal, notice: note });
  try {
    if (!request.json) printLines(source.lines);
    const { requireUnprotected } = await import('../../publish/verbs/require-unprotected.js');
    await requireUnprotected(source.layout, request.openedBy);
    const settings = bucketSettings(request.target, request, signal);
    if (settings !== undefined) await prepareBucket(request, settings, source.layout.kind);
    const store = await openStoreTarget(request.target, settings);
    try {
      return await publishTo(store, source, request, signal);
    } finally {
      await store.close();
    }
  } finally {
    await source.close();
  }
}

type Opened = Awaited<ReturnType<typeof openPublishSource>>;

async function publishTo(
  store: ObjectStore,
  { layout, lines: sourceLines }: Opened,
  request: PublishRequest,
  signal: AbortSignal,
): Promise<number> {
  const { publish } = await import('../../publish/verbs/publish.js');
  const isLive = process.stderr.isTTY === true && !request.json;
  const lines = new ObjectLines((object, isNew) => lineOf(object, isNew, request));
  let [sent, all] = [0, 0];
  const report = await publish({
    layout,
    store,
    access: request.public ? 'public-read' : 'private',
    redirect: redirectOf(request, store, layout.kind),
    isDryRun: request.dryRun,
    isRepair: request.repair,
    signal,
    report(event) {
      if (event.event === 'planned') {
        if (!request.json) printLines(event.publication.notices);
        lines.begin(event.publication.objects);
        all = event.toSend.bytes;
      }
      if (event.event !== 'stored' && event.event !== 'there') return;
      if (event.event === 'stored') sent += event.object.size;
      const due = lines.add(event.object, event.event === 'stored');
      if (isLive) clearProgress();
      if (!request.json) printLines(due);
      if (isLive) drawProgress(`${formatBytes(sent)} of ${formatBytes(all)}`);
    },
  });
  if (isLive) clearProgress();
  const url = request.url ?? store.url;
  const isVerified = request.isVerified && !request.dryRun && url !== undefined;
  const verified = isVerified ? await verify(report, url, request, signal) : undefined;
  const isRight = problemLines(verified).length === 0;
  if (!request.json) printReport(report, verified, request);
  const pulled = request.dryRun || !isRight ? undefined : await request.pull?.(report.publication);
  if (request.json) printJsonReport(report, { verified, pulled }, request, sourceLines);
  else if (pulled !== undefined) printPulled(pulled);
  return isRight && pulled?.advice === undefined ? 0 : 2;
}

async function verify(
  { publication }: PublishReport,
  url: string,
  { ca }: PublishRequest,
  signal: AbortSignal,
): Promise<VerifiedTag[]> {
  const { verifyPublication } = await import('../../publish/verbs/verify.js');
  return verifyPublication({ publication, url, ca: authoritiesIn(ca), signal });
}

function printReport(
  { stored, there, traffic }: PublishReport,
  verified: readonly VerifiedTag[] | undefined,
  request: PublishRequest,
): void {
  const problems = problemLines(verified);
  for (const problem of problems) printMessage(`failed ${problem}`);
  const what = `${count(stored.objects, 'object')} ${request.dryRun ? 'would be stored' : 'stored'}`;
  const sizes = `${formatBytes(stored.bytes)}, ${there.objects} there already; ${count(traffic.requests, 'request')}`;
  printMessage(`${what}, ${sizes}`);
  if (verified !== undefined && problems.length === 0)
    printMessage(`${count(verified.length, 'tag')} pulled without an account`);
}

function printPulled(pulled: PulledApp): void {
  // Of a tag that is not known, nothing else is.
  const firsts = pulled.tags.map(({ tag, problems }) => ({ tag, problems: problems.slice(0, 1) }));
  for (const problem of problemLines(firsts)) printMessage(`failed ${problem}`);
  printMessage(pulled.advice ?? pulledLine(pulled));
}

function printJsonReport(
  { publication, stored, there, traffic }: PublishReport,
  checked: { readonly verified: readonly VerifiedTag[] | undefined; readonly pulled: PulledApp | undefined },
  { dryRun }: PublishRequest,
  sourceLines: readonly string[],
): void {
  const { kind: layout, name, tags, objects, notices } = publication;
  const keys = objects.map(({ key, size, sha256, contentType }) => ({ key, size, sha256, contentType }));
  const names = tags.map(({ tag }) => tag);
  const lines = [...sourceLines, ...notices];
  const done = { layout, name, dryRun, tags: names, objects: keys, stored, there, traffic, notices: lines };
  printJson({ ...done, ...checked }, 2);
}

/** Words of a line as the older tool had them: boto's text of a bucket, and the key. */
function lineOf(
  { key }: PublishedObject,
  isNew: boolean,
  { target, dryRun, verbose }: PublishRequest,
): string | undefined {
  const prefix = target.kind === 'bucket' && target.prefix !== '' ? `${target.prefix}/` : '';
  const place = `${target.kind === 'bucket' ? `<Bucket: ${target.bucket}>` : target.path}:${prefix}${key}`;
  if (!isNew) return verbose > 0 ? `Already there ${place}` : undefined;
  return dryRun ? `Would upload to ${place}` : `Successfully uploaded to ${place}`;
}

/** Makes the bucket, and lets everybody read, as asked. */
async function prepareBucket(request: PublishRequest, settings: S3Settings, layout: LayoutKind): Promise<void> {
  if (!request.create && !request.publicPolicy) return;
  const { planBucket } = await import('../../publish/stores/s3-setup.js');
  const folder = layout === 'static' ? 'v2/' : `${appFolder(request.app)}/`;
  const prefix = settings.prefix === undefined || settings.prefix === '' ? folder : `${settings.prefix}/${folder}`;
  const plan = await planBucket(settings, {
    create: request.create,
    publicPrefixes: request.publicPolicy ? [prefix] : [],
  });
  try {
    for (const change of plan.changes) {
      printMessage(request.dryRun ? `would ${change.text}` : change.text);
      if (!request.dryRun) await change.apply();
    }
    if (request.dryRun && plan.changes.some(({ what }) => what === 'bucket'))
      throw new RegistryError(
        'not-found',
        `the bucket ${settings.bucket} is not there: more is not known before it is`,
        {
          hint: 'leave out --dry-run to create it',
        },
      );
  } finally {
    plan.close();
  }
}

function redirectOf(request: PublishRequest, store: ObjectStore, layout: LayoutKind) {
  const { redirectFile, url = store.url, app } = request;
  if (redirectFile === undefined) return undefined;
  if (url === undefined)
    throw new RegistryError('input', '--redirect-file needs the public address of the folder', {
      hint: 'give it with --url',
    });
  if (layout === 'static')
    throw new RegistryError('input', '--redirect-file is for Crane, which the layout static does without', {
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
