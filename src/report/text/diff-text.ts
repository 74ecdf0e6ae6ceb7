import { FILE_HEADERS_ONLY, formatPatch, structuredPatch } from 'diff';
import { visible, visibleLine } from '../../diagnostics/printable.js';
import { count } from '../../text/count.js';
import type { Paint } from './paint.js';

/** Limits of a difference that is shown. */
export interface DiffLimits {
  readonly lines: number;
  readonly bytes: number;
}

/** Limits with `--diff`. */
export const fullDiff: DiffLimits = { lines: 200, bytes: 64 * 1024 };
/** Limits without `--diff`, for differences of kept tasks. */
export const shortDiff: DiffLimits = { lines: 20, bytes: 4 * 1024 };

/**
 * Returns a difference as lines of a unified diff, with three lines around each change. Lines over the limits are counted
 * (`… 12 more lines`). Two texts that differ all over are not compared for longer than a second.
 */
export function diffLines(
  diff: { readonly label: string; readonly before: string; readonly after: string },
  paint: Paint,
  limits: DiffLimits = fullDiff,
): string[] {
  const label = visibleLine(diff.label);
  if (isBinary(diff.before) || isBinary(diff.after)) return [`${label}: binary content differs`];
  const patch = structuredPatch(`before: ${label}`, `after: ${label}`, diff.before, diff.after, '', '', {
    context: 3,
    timeout: 1000,
  });
  if (patch === undefined) return [`${label}: differs all over (${sizes(diff)})`];
  if (patch.hunks.length === 0) return [];
  const all = formatPatch(patch, FILE_HEADERS_ONLY).trimEnd().split('\n');
  const shown = limitLines(all, limits).map((line) => paintLine(visible(line), paint));
  const left = all.length - shown.length;
  return left === 0 ? shown : [...shown, paint('dim', `… ${count(left, 'more line')}`)];
}

function limitLines(lines: readonly string[], limits: DiffLimits): string[] {
  const shown: string[] = [];
  let bytes = 0;
  for (const line of lines.slice(0, limits.lines)) {
    bytes += Buffer.byteLength(line) + 1;
    if (bytes > limits.bytes) break;
    shown.push(line);
  }
  return shown;
}

function paintLine(line: string, paint: Paint): string {
  if (line.startsWith('--- ') || line.startsWith('+++ ')) return paint('bold', line);
  if (line.startsWith('@@')) return paint('cyan', line);
  if (line.startsWith('+')) return paint('green', line);
  if (line.startsWith('-')) return paint('red', line);
  return line;
}

function isBinary(text: string): boolean {
  return text.includes('\0');
}

function sizes(diff: { readonly before: string; readonly after: string }): string {
  return `${diff.before.split('\n').length} lines before, ${diff.after.split('\n').length} after`;
}
