import type { EditedText } from '../../content/edit-line.js';
import { joinEnded, linesOf, type TextLine } from '../../content/text-lines.js';

/** Beginning of the line above an entry of a crontab, which names it. */
export const cronMarker = '#Provision: ';
/** Beginning of Ansible's own line. Its entry is replaced, as its job would run twice otherwise. */
const theirs = '#Ansible: ';

/** Entry of a crontab: a line, and its name. */
export interface CronEntry {
  readonly name: string;
  /** Undefined where it is to be removed. */
  readonly line: string | undefined;
  /** It sets a variable for the jobs below it, so it belongs at the top. */
  readonly first: boolean;
}

/**
 * Adds, updates or removes one entry of a crontab; all other lines stay. Our lines always end in LF alone: cron would
 * give a CR to the shell, as a part of the command.
 */
export function editCron(text: string, { name, line, first }: CronEntry): EditedText {
  const lines = linesOf(text);
  const marker = cronMarker + name;
  const isMarker = (each: TextLine | undefined) => each?.text === marker || each?.text === theirs + name;
  const at = lines.findIndex(isMarker);
  const others = lines.filter((each, index) => !isMarker(each) && !isMarker(lines[index - 1]));
  if (line === undefined) {
    const summary = at < 0 ? '' : 'removed';
    return { text: at < 0 ? text : joinEnded(others), summary, overwrites: false };
  }
  const before = lines.slice(0, Math.max(at, 0)).filter((each) => others.includes(each)).length;
  const place = at >= 0 ? before : first ? headOf(others) : others.length;
  const head = lines.length === 0 ? ['# Managed by provision.'] : [];
  const ours = [...head, marker, line].map((each) => ({ text: each, end: '\n' }));
  const edited = joinEnded(others.toSpliced(place, 0, ...ours));
  if (edited === text) return { text, summary: '', overwrites: false };
  return { text: edited, summary: at < 0 ? 'added' : 'updated', overwrites: false };
}

/** Counts the comments that a crontab begins with. */
function headOf(lines: readonly TextLine[]): number {
  const end = lines.findIndex(
    ({ text }) => !/^\s*#/.test(text) || text.startsWith(cronMarker) || text.startsWith(theirs),
  );
  return end < 0 ? lines.length : end;
}
