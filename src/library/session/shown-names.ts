import { readTextFile } from '../../diagnostics/read-text.js';
import { isSealed } from '../../diagnostics/secrets/sealed-text.js';
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

/** Returns the warning that encrypted values are names of the inventory; undefined where none is. */
export function warningOfNames(names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const listed = names.slice(0, mostListed).join(', ') + (names.length > mostListed ? ', …' : '');
  const which =
    names.length === 1
      ? 'a secret is a name in the inventory'
      : `${count(names.length, 'secret')} are names in the inventory`;
  return `${which} (${listed}): it is not hidden in the output. Choose another value where it must stay secret.`;
}

const mostListed = 5;
