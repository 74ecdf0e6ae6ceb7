import type { Diagnostics, Place } from '../diagnostics/diagnostic.js';
import { nearest } from '../diagnostics/nearest.js';
import { readTextFile } from '../diagnostics/read-text.js';
import { reasonOf } from '../diagnostics/reason.js';
import { defaultInventories } from './default-names.js';
import type { Inventory, InventoryHost } from './inventory.js';
import { localNames } from './local-names.js';
import { nameTest } from './name-test.js';
import { splitPattern } from './split-pattern.js';

export interface SelectOptions {
  /** `--limit`: a second pattern that hosts must match as well, or `@file` with one a line. */
  readonly limit?: string;
  /** Place where the pattern was written. */
  readonly place?: Place;
}

/**
 * Selects the hosts that a pattern, or a list of them, means by Ansible's rules. First everything named is added, then
 * `&` keeps, then `!` removes, in whatever order they were written. Names, groups, globs, `~regex`, `group[0]` and
 * `group[1:3]` (end included) are understood. A part that names nothing is an error, and so is a pattern that leaves no
 * host. None need be left of it by `--limit`.
 */
export function selectHosts(
  pattern: string | readonly string[],
  inventory: Inventory,
  options: SelectOptions,
  diagnostics: Diagnostics,
): InventoryHost[] {
  const patterns = [pattern].flat();
  const chosen = evaluate(patterns.flatMap(splitPattern), patterns.join(','), inventory, (message, hint) =>
    diagnostics.add({ code: 'pattern', message, place: options.place, hint }),
  );
  if (options.limit === undefined) return chosen;
  const parts = limitParts(options.limit, diagnostics);
  if (parts === undefined) return chosen;
  const limit = evaluate(parts, options.limit, inventory, (message, hint) =>
    diagnostics.add({ code: 'pattern', message: `--limit: ${message}`, hint }),
  );
  const kept = new Set(limit.map((host) => host.name));
  return chosen.filter((host) => kept.has(host.name));
}

type Complain = (message: string, hint?: string) => void;

function evaluate(parts: readonly string[], whole: string, inventory: Inventory, complain: Complain): InventoryHost[] {
  let errors = 0;
  const report: Complain = (message, hint) => {
    errors += 1;
    complain(message, hint);
  };
  const chosen = new Map<string, InventoryHost>();
  const ofSign = (sign: '&' | '!') => parts.filter((part) => part.startsWith(sign)).map((part) => part.slice(1));
  const plain = parts.filter((part) => !/^[&!]/.test(part));
  for (const part of plain.length === 0 && parts.length > 0 ? ['all'] : plain) {
    const host = inventory.hosts.get(part);
    for (const each of host === undefined ? matches(part, inventory, report) : [host]) chosen.set(each.name, each);
  }
  for (const part of ofSign('&')) {
    const both = new Set(matches(part, inventory, report).map((host) => host.name));
    for (const name of chosen.keys()) if (!both.has(name)) chosen.delete(name);
  }
  for (const part of ofSign('!')) for (const host of matches(part, inventory, report)) chosen.delete(host.name);
  if (chosen.size === 0 && errors === 0) {
    if (inventory.hosts.size === 0)
      report('the inventory has no hosts', insteadOfNone(inventory) ?? 'name one with -i');
    else if (inventory.groups.has(whole)) report(`group "${whole}" has no hosts`);
    else report(`"${whole}" leaves no host`);
  }
  return [...chosen.values()];
}

/** Returns the parts of a limit, those in its files included; nothing where a file cannot be read. */
function limitParts(limit: string, diagnostics: Diagnostics): readonly string[] | undefined {
  const parts: string[] = [];
  for (const part of splitPattern(limit)) {
    try {
      if (part.startsWith('@'))
        parts.push(
          ...readTextFile(part.slice(1))
            .split('\n')
            .map((line) => line.trim()),
        );
      else parts.push(part);
    } catch (error) {
      const message = `--limit: cannot read ${part.slice(1)}: ${reasonOf(error)}`;
      diagnostics.add({ code: 'unreadable-file', message });
      return undefined;
    }
  }
  return parts.filter((part) => part !== '');
}

/**
 * Returns the hosts of one part, in order; a glob that finds a group and its hosts has them twice, which `[1]` counts.
 */
function matches(part: string, inventory: Inventory, complain: Complain): readonly InventoryHost[] {
  const { base, pick } = subscript(part);
  const test = nameTest(base);
  if ('problem' in test) {
    complain(`"${base}" is not a regular expression: ${test.problem}`);
    return [];
  }
  const groups = [...inventory.groups.values()].filter((group) => test(group.name));
  const found = groups.flatMap((group) => group.hosts.flatMap((name) => inventory.hosts.get(name) ?? []));
  if (groups.length === 0 || /^~|[.?*[]/.test(base)) {
    for (const host of inventory.hosts.values()) if (test(host.name)) found.push(host);
  }
  if (found.length === 0 && localNames.includes(base)) found.push(inventory.localhost);
  if (found.length === 0 && groups.length === 0) {
    const near = nearest(base, [...inventory.groups.keys(), ...inventory.hosts.keys(), 'localhost']);
    const hint = near === undefined ? insteadOfNone(inventory) : `did you mean "${near}"?`;
    complain(`"${part}" matches no host and no group`, hint);
    return [];
  }
  const picked = pick(found);
  if (picked.length === 0 && found.length > 0) {
    const count = found.length === 1 ? 'one host' : `${found.length} hosts`;
    complain(`"${part}" matches no host: "${base}" has ${count}, and counting begins at 0`);
  }
  return picked;
}

/** Returns what to do where no inventory was given or found. */
function insteadOfNone({ isMissing }: Inventory): string | undefined {
  if (isMissing !== true) return undefined;
  return `there is no inventory: name one with -i, or write one beside the site (${defaultInventories.join(', ')} are looked for)`;
}

type Pick = (hosts: readonly InventoryHost[]) => readonly InventoryHost[];

function subscript(part: string): { readonly base: string; readonly pick: Pick } {
  const match = part.startsWith('~') ? null : /^(.+)\[(?:(-?\d+)|(\d+)[:-](\d*))\]$/.exec(part);
  if (match === null) return { base: part, pick: (hosts) => hosts };
  const [, base = '', index, begin = '0', end = ''] = match;
  if (index !== undefined) return { base, pick: (hosts) => [hosts.at(Number(index)) ?? []].flat() };
  return { base, pick: (hosts) => hosts.slice(Number(begin), end === '' ? undefined : Number(end) + 1) };
}
