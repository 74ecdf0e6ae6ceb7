import { statSync } from 'node:fs';
import { readTextFile } from './read-text.js';

/** Most characters that are kept: of all the templates of a large site. */
const most = 16 * 1024 * 1024;

interface Kept {
  readonly text: string;
  /** Properties of the file of which one changes with each change. */
  readonly stamp: string;
}

const kept = new Map<string, Kept>();
let size = 0;

/**
 * Reads a text file that many hosts use, such as a template: once, and again only when it has changed.
 *
 * @throws Error as {@link readTextFile} does
 */
export function readUnchangedText(file: string): string {
  const stamp = stampOf(file);
  const known = kept.get(file);
  if (known !== undefined && known.stamp === stamp) return known.text;
  const text = readTextFile(file);
  forget(file);
  // A file that is no regular one, or that changes while it is read, may be different each time.
  if (stamp === undefined || text.length > most || stampOf(file) !== stamp) return text;
  kept.set(file, { text, stamp });
  size += text.length;
  for (const oldest of kept.keys()) {
    if (size <= most) break;
    forget(oldest);
  }
  return text;
}

function stampOf(file: string): string | undefined {
  const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
  if (stat === undefined || !stat.isFile()) return undefined;
  return [stat.dev, stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs, stat.mode].join(' ');
}

function forget(file: string): void {
  size -= kept.get(file)?.text.length ?? 0;
  kept.delete(file);
}
