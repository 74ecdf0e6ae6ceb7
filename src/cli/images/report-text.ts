import { shortened } from '../../diagnostics/printable.js';
import type { ImageResult, SyncReport } from '../../registry/copy/sync-report.js';
import type { SyncPlan } from '../../registry/plan/sync-plan.js';
import { count } from '../../text/count.js';
import { formatBytes } from '../../text/format-bytes.js';
import { formatDuration } from '../../text/format-duration.js';

/** Characters of an error at most: it may quote an answer of any length. */
const longest = 2000;

/** Returns the report's lines for one image; none for one that was there already, unless `all`. */
export function resultLines(result: ImageResult, all: boolean): string[] {
  const { name, state, digest, error } = result;
  switch (state) {
    case 'unchanged':
      return all ? [`unchanged ${name} ${digest ?? ''}`] : [];
    case 'failed':
      return [
        `failed    ${name}: ${shortened(error?.message ?? '', longest)}`,
        ...(error?.hint === undefined ? [] : [`          ${shortened(error.hint, longest)}`]),
      ];
    case 'planned':
      return [`would be ${result.planned ?? 'copied'} ${name} ${digest ?? ''}`.trimEnd()];
    default: {
      const moved = [
        ...(result.bytes > 0 ? [formatBytes(result.bytes)] : []),
        ...(result.mounted > 0 ? [`${count(result.mounted, 'blob')} mounted`] : []),
      ];
      return [
        `${state.padEnd(9)} ${name}${digest === undefined ? '' : ` ${digest}`}${moved.length === 0 ? '' : ` (${moved.join(', ')})`}`,
      ];
    }
  }
}

/** Describes a plan in a line. */
export function planLine({ images, totals, prunes }: SyncPlan, target: string): string {
  const copies = images.filter(({ state }) => state === 'missing' || state === 'differs').length;
  const looked =
    totals.requestsForAttachments === 0
      ? ''
      : `; ${count(totals.requestsForAttachments, 'request')} for signatures and the like (none with --attachments once)`;
  if (copies === 0 && prunes.length === 0) return `${target}: nothing to copy${looked}`;
  const parts = [
    `${count(copies, 'image')} of ${images.length} to copy`,
    `${formatBytes(totals.bytes)} in ${count(totals.uploads, 'blob')}`,
    `${count(totals.mounts, 'mount')}`,
    `${count(totals.manifests, 'manifest')}`,
    ...(prunes.length === 0 ? [] : [`${count(prunes.length, 'tag')} to delete`]),
  ];
  return `${target}: ${parts.join(', ')}${looked}`;
}

/** Returns the closing line of a report: `registry:5000: 88 images: 3 copied, 85 unchanged; 12 MB in 1.2 s`. */
export function totalsLine({ target, totals }: SyncReport): string {
  const { failedAttachments: lost } = totals;
  const counts = { ...totals, failed: totals.failed - lost };
  const states = (['copied', 'updated', 'planned', 'pruned', 'unchanged', 'failed'] as const).flatMap((state) =>
    counts[state] > 0 ? [`${counts[state]} ${state === 'planned' ? 'to do' : state}`] : [],
  );
  if (lost > 0) states.push(`${count(lost, 'attachment')} failed`);
  const requests = totals.requestsToSource + totals.requestsToTarget;
  return `${target}: ${count(totals.images, 'image')}: ${states.join(', ') || 'none'}; ${formatBytes(totals.bytes)}, ${count(requests, 'request')} in ${formatDuration(totals.seconds)}`;
}
