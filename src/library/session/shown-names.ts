import { readTextFile } from '../../diagnostics/read-text.js';
import { isSealed } from '../../diagnostics/secrets/sealed-text.js';
import { countsSchema, outcomeSchema } from '../../engine/events.js';
import type { Inventory } from '../../inventory/inventory.js';
import type { LoadedSite } from '../../site/load.js';
import { count } from '../../text/count.js';

/** Returns the names of hosts and groups, which all output is about. */
export function namesOfInventory({ hosts, groups }: Inventory): string[] {
  return [...hosts.keys(), ...groups.keys()];
}

/**
 * Returns the names of plays and tasks as they are written in the site. One that is made of a variable is not among
 * them: it may hold a secret.
 */
export function namesOfSite({ listing }: LoadedSite): string[] {
  const texts = new Map<string, string>();
  const isWritten = (name: string, file: string) => {
    const text = texts.get(file) ?? textOf(file);
    texts.set(file, text);
    return text.includes(name);
  };
  return listing.flatMap(({ name, place, tasks }) => {
    const own = isWritten(name, place.file) ? [name] : [];
    return [...own, ...tasks.flatMap((task) => (isWritten(task.name, place.file) ? [task.name] : []))];
  });
}

function textOf(file: string): string {
  try {
    const text = readTextFile(file, { besides: 'none' });
    return isSealed(text) ? '' : text;
  } catch {
    return ''; // A site of a program.
  }
}

/** Words that every report has: without them nobody could read one. */
const ownWords: ReadonlySet<string> = new Set([
  ...outcomeSchema.options,
  ...Object.keys(countsSchema.shape),
  ...[
    'would',
    'change',
    'error',
    'warning',
    'failure',
    'play',
    'task',
    'host',
    'hosts',
    'try',
    'PLAY',
    'RECAP',
    'wrong',
    'password',
    'secret',
    'root',
    'user',
    'sudo',
  ],
]);

/** Returns the names that output is about, and the words of the output itself. */
export function shownWords(names: readonly string[]): string[] {
  return [...names, ...ownWords];
}

/** Returns the warning that secrets are names or words that output can't do without; undefined where none is. */
export function warningOfNames(shown: readonly string[]): string | undefined {
  const names = shown.filter((name) => !ownWords.has(name));
  const words = shown.filter((name) => ownWords.has(name));
  const found = [
    ...(names.length === 0 ? [] : [warningOf(names)]),
    ...(words.length === 0
      ? []
      : [`${listed(words)} is a secret and a word of every report: it is not hidden. Choose another value.`]),
  ];
  return found.length === 0 ? undefined : found.join(' ');
}

function listed(names: readonly string[]): string {
  return names.slice(0, mostListed).join(', ') + (names.length > mostListed ? ', …' : '');
}

function warningOf(names: readonly string[]): string {
  const which =
    names.length === 1
      ? 'a secret is a name in the inventory'
      : `${count(names.length, 'secret')} are names in the inventory`;
  return `${which} (${listed(names)}): it is not hidden in the output. Choose another value where it must stay secret.`;
}

const mostListed = 5;
