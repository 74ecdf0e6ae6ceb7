import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '../../../model/is-record.js';
import type { AddedEntry, EditedText } from '../../content/edit-line.js';
import { JsonError } from '../../files/json/json-text.js';
import { mergeJson } from '../../files/json/merge-json.js';
import { daemonKeys } from './docker-daemon-config.js';
import { type RefusedKey, refusedIn } from './dockerd-rules.js';

/** Path of the file unless dockerd is told another. */
export const daemonJson = '/etc/docker/daemon.json';

/** Keys of daemon.json that are ours. */
export interface DaemonJson {
  readonly merge: Readonly<Record<string, unknown>>;
  /** Keys of lists that are as given: entries of others are removed. */
  readonly exclusive: readonly string[];
}

/**
 * Puts keys into a daemon.json. Of a key that is ours, what dockerd refuses is removed: that was never in effect, so
 * nothing is overwritten. A text is the error, beginning with its place.
 */
export function editDaemonJson(text: string, wanted: DaemonJson): EditedText | string {
  try {
    const { merge, exclusive } = wanted;
    const mended = withoutRefused(text, merge);
    const others = Object.entries(merge).filter(([key]) => !exclusive.includes(key));
    const united = mergeJson(mended.text, { merge: Object.fromEntries(others), lists: 'union', remove: [] });
    const lists = Object.entries(merge).filter(([key]) => exclusive.includes(key));
    const whole = mergeJson(united.text, { merge: Object.fromEntries(lists), lists: 'replace', remove: [] });
    const edits = [mended, united, whole];
    const [refused] = refusedOfOurs(whole.text, merge);
    if (refused !== undefined) return `: ${describeRefused(refused)}`;
    const created = text.trim() === '' && whole.text !== text;
    return {
      text: whole.text,
      summary: created
        ? 'created'
        : edits
            .map(({ summary }) => summary)
            .filter((part) => part !== '')
            .join('; '),
      overwrites: edits.some(({ overwrites }) => overwrites),
    };
  } catch (error) {
    if (error instanceof JsonError) return `:${error.message}`;
    throw error;
  }
}

/** Entry of daemon.json: of a list, or a key with its whole value. */
export interface DaemonEntry {
  readonly key: string;
  /** Entry of the key's list; undefined for the key itself. */
  readonly item?: unknown;
}

/** Returns the entries that keys come to, with their names. */
export function entriesOf(merge: DaemonJson['merge']): (DaemonEntry & { readonly name: string })[] {
  return Object.entries(merge).flatMap(([key, value]) =>
    Array.isArray(value)
      ? value.map((item) => ({ key, item, name: `${key} ${typeof item === 'string' ? item : JSON.stringify(item)}` }))
      : [{ key, name: key }],
  );
}

/** Returns the entries that a text lacks, each with its removal from the file. */
export function addedEntries(text: string, merge: DaemonJson['merge'], path: string): AddedEntry[] {
  return entriesOf(merge).flatMap(({ name, ...entry }) => {
    const removal = { kind: 'daemon_json_entries', params: { path, entries: [entry] }, isOfList: true };
    return hasEntry(text, entry) ? [] : [{ name, removal }];
  });
}

/**
 * Returns the text without entries, and otherwise as it was. A list stays, be it empty: of a key that is gone, a reload of
 * dockerd keeps the last value.
 *
 * @throws JsonError
 */
export function withoutEntries(text: string, entries: readonly DaemonEntry[]): EditedText {
  const config = daemonKeys(text) ?? {};
  const lists = [...new Set(entries.flatMap(({ key }) => (Array.isArray(config[key]) ? [key] : [])))];
  const left = lists.map((key) => {
    const items: readonly unknown[] = Array.isArray(config[key]) ? config[key] : [];
    const isGone = (item: unknown) => entries.some((entry) => entry.key === key && isDeepStrictEqual(entry.item, item));
    return [key, items.filter((item) => !isGone(item))] as const;
  });
  const keys = entries.filter(({ key, item }) => item === undefined && key in config).map(({ key }) => key);
  const edited = mergeJson(text, {
    merge: Object.fromEntries(left),
    lists: 'replace',
    remove: keys.map((key) => [key]),
  });
  return { ...edited, overwrites: false };
}

function hasEntry(text: string, { key, item }: DaemonEntry): boolean {
  const found = daemonKeys(text)?.[key];
  if (item === undefined) return found !== undefined;
  return Array.isArray(found) && found.some((each) => isDeepStrictEqual(each, item));
}

/** Tells whether a text has all that is wanted. */
export function hasDaemonJson(text: string | undefined, wanted: DaemonJson): boolean {
  const edited = editDaemonJson(text ?? '', wanted);
  return typeof edited !== 'string' && edited.text === (text ?? '');
}

/** Removes entries that dockerd refuses from lists and maps that are ours, and values that aren't of the kind that it takes. */
function withoutRefused(text: string, merge: DaemonJson['merge']): EditedText {
  const config = daemonKeys(text) ?? {};
  const wrongKind = Object.keys(merge).filter((key) => kindOf(config[key]) !== kindOf(merge[key]) && key in config);
  const gone = refusedOfOurs(text, merge).filter(({ key }) => !wrongKind.includes(key));
  const lists = Object.keys(merge).filter((key) => Array.isArray(config[key]) && gone.some((each) => each.key === key));
  const left = lists.map((key) => {
    const entries: readonly unknown[] = Array.isArray(config[key]) ? config[key] : [];
    return [key, entries.filter((entry) => !gone.some((each) => each.key === key && each.entry === entry))] as const;
  });
  const edited = mergeJson(text, {
    merge: Object.fromEntries(left),
    lists: 'replace',
    remove: [
      ...wrongKind.map((key) => [key]),
      ...gone.filter(({ key }) => !lists.includes(key)).map(({ key, entry }) => [key, entry]),
    ],
  });
  const words = [...wrongKind, ...gone.map(({ key, entry }) => `${key} ${JSON.stringify(entry)}`)];
  const summary = words.length === 0 ? '' : `removed ${words.join(', ')}, which dockerd refuses`;
  return { text: edited.text, summary, overwrites: false };
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'list' : isRecord(value) ? 'map' : typeof value;
}

function refusedOfOurs(text: string, merge: DaemonJson['merge']): RefusedKey[] {
  const ours = (key: string) => key in merge || (key === 'log-opts' && 'log-driver' in merge);
  return refusedIn(daemonKeys(text) ?? {}).filter(({ key }) => ours(key));
}

function describeRefused({ key, entry, why }: RefusedKey): string {
  return key === 'log-opts' ? `${key}.${entry} ${why}` : `${key}: ${JSON.stringify(entry)} ${why}`;
}

/** Tells whether a value has all of another: keys of a map, and entries of a list. */
export function contains(value: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) {
    return Array.isArray(value) && wanted.every((entry) => value.some((each) => isDeepStrictEqual(each, entry)));
  }
  if (!isRecord(wanted)) return isDeepStrictEqual(value, wanted);
  return isRecord(value) && Object.entries(wanted).every(([key, entry]) => contains(value[key], entry));
}
