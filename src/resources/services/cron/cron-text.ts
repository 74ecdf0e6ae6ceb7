import type { EditedText } from '../../content/edit-line.js';

/** What an entry of a crontab is known by: the line above it. */
export const cronMarker = '#Provision: ';
/** Ansible's own, which is taken over: else what it scheduled would run twice. */
const theirs = '#Ansible: ';

/** An entry of a crontab: a line, and its name. */
export interface CronEntry {
  readonly name: string;
  /** Nothing where it is to be gone. */
  readonly line: string | undefined;
  /** It gives a variable to the jobs below it, so it goes to the top. */
  readonly first: boolean;
}

/** Makes one entry of a crontab so; all that lies outside of it stays. */
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

/** How many comments a crontab begins with. */
function headOf(lines: readonly string[]): number {
  const end = lines.findIndex((each) => !/^\s*#/.test(each) || each.startsWith(cronMarker) || each.startsWith(theirs));
  return end < 0 ? lines.length : end;
}
