import type { EditedText } from '../../content/edit-line.js';

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

/** Adds, updates or removes one entry of a crontab; all other lines stay. */
export function editCron(text: string, { name, line, first }: CronEntry): EditedText {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const marker = cronMarker + name;
  const isMarker = (each: string) => each === marker || each === theirs + name;
  const at = lines.findIndex(isMarker);
  const others = lines.filter((each, index) => !isMarker(each) && !isMarker(lines[index - 1] ?? ''));
  const joined = (all: readonly string[]) => all.map((each) => `${each}\n`).join('');
  if (line === undefined) {
    const summary = at < 0 ? '' : 'removed';
    return { text: at < 0 ? text : joined(others), summary, overwrites: false };
  }
  const before = lines.slice(0, Math.max(at, 0)).filter((each) => others.includes(each)).length;
  const place = at >= 0 ? before : first ? headOf(others) : others.length;
  const head = lines.length === 0 ? ['# Managed by provision.'] : [];
  const edited = joined([...head, ...others.toSpliced(place, 0, marker, line)]);
  if (edited === text) return { text, summary: '', overwrites: false };
  return { text: edited, summary: at < 0 ? 'added' : 'updated', overwrites: false };
}

/** Counts the comments that a crontab begins with. */
function headOf(lines: readonly string[]): number {
  const end = lines.findIndex((each) => !/^\s*#/.test(each) || each.startsWith(cronMarker) || each.startsWith(theirs));
  return end < 0 ? lines.length : end;
}
