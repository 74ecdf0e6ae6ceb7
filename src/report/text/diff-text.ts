import { FILE_HEADERS_ONLY, formatPatch, structuredPatch } from 'diff';
import { visible, visibleLine } from '../../diagnostics/printable.js';
import type { Paint } from './paint.js';

/** How much of a difference is shown at most. */
export interface DiffLimits {
  readonly lines: number;
  readonly bytes: number;
}

export const fullDiff: DiffLimits = { lines: 200, bytes: 64 * 1024 };
/** For differences nobody asked for: what was kept, without `--diff`. */
export const shortDiff: DiffLimits = { lines: 20, bytes: 4 * 1024 };

/**
 * A difference as lines of a unified diff, with three lines around each change. What is over the limits is counted
 * (`… 12 more lines`); two texts that differ all over are not compared for longer than a second.
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
  const shown = bounded(all, limits).map((line) => paintLine(visible(line), paint));
  const left = all.length - shown.length;
  return left === 0 ? shown : [...shown, paint('dim', `… ${left} more ${left === 1 ? 'line' : 'lines'}`)];
}

function bounded(lines: readonly string[], limits: DiffLimits): string[] {
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
