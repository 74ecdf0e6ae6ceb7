import { readFileSync } from 'node:fs';
import type { Diagnostics, Place } from '../diagnostics/diagnostic.js';
import { nearest } from '../diagnostics/nearest.js';
import { reasonOf } from '../diagnostics/reason.js';
import type { Inventory, InventoryHost } from './inventory.js';

export interface SelectOptions {
  /** `--limit`: a second pattern that hosts must match as well, or `@file` with one a line. */
  readonly limit?: string;
  /** Where the pattern was written. */
  readonly place?: Place;
}

/**
 * The hosts that a pattern means, by Ansible's rules: first everything named is added, then `&` keeps, then `!` takes
 * away, in whatever order they were written. Names, groups, globs, `~regex`, `group[0]`, `group[1:3]` (end included).
 * A part that matches nothing is a mistake.
 */
export function selectHosts(
  pattern: string,
  inventory: Inventory,
  options: SelectOptions,
  diagnostics: Diagnostics,
): InventoryHost[] {
  const complain = (message: string, hint?: string) =>
    diagnostics.add({ code: 'pattern', message, place: options.place, hint });
  const chosen = evaluate(splitPattern(pattern), inventory, complain);
  if (options.limit === undefined) return chosen;
  const limit = evaluate(limitParts(options.limit, diagnostics), inventory, (message, hint) =>
    diagnostics.add({ code: 'pattern', message: `--limit: ${message}`, hint }),
  );
  const kept = new Set(limit.map((host) => host.name));
  return chosen.filter((host) => kept.has(host.name));
}

type Complain = (message: string, hint?: string) => void;

function evaluate(parts: readonly string[], inventory: Inventory, complain: Complain): InventoryHost[] {
  const chosen = new Map<string, InventoryHost>();
  const ofSign = (sign: '&' | '!') => parts.filter((part) => part.startsWith(sign)).map((part) => part.slice(1));
  const plain = parts.filter((part) => !/^[&!]/.test(part));
  for (const part of plain.length === 0 && parts.length > 0 ? ['all'] : plain) {
    for (const host of matches(part, inventory, complain)) chosen.set(host.name, host);
  }
  for (const part of ofSign('&')) {
    const both = new Set(matches(part, inventory, complain).map((host) => host.name));
    for (const name of chosen.keys()) if (!both.has(name)) chosen.delete(name);
  }
  for (const part of ofSign('!')) for (const host of matches(part, inventory, complain)) chosen.delete(host.name);
  return [...chosen.values()];
}

/** The parts of a pattern: by commas if it has any, else by the colons outside brackets. */
export function splitPattern(pattern: string): string[] {
  const parts = pattern.includes(',')
    ? pattern.split(',')
    : /^[&!]?~/.test(pattern) || isIPv6(pattern)
      ? [pattern]
      : byColons(pattern);
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

function byColons(pattern: string): string[] {
  return [...pattern.matchAll(/(?:[^:[\]]|\[[^\]]*\])+/g)].map(([part]) => part);
}

function isIPv6(pattern: string): boolean {
  return /^[0-9a-f]*:[0-9a-f:]*:[0-9a-f.]*$/i.test(pattern);
}

function limitParts(limit: string, diagnostics: Diagnostics): string[] {
  return splitPattern(limit).flatMap((part) => {
    if (!part.startsWith('@')) return [part];
    try {
      return readFileSync(part.slice(1), 'utf8')
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '');
    } catch (error) {
      diagnostics.add({
        code: 'unreadable-file',
        message: `--limit: cannot read ${part.slice(1)}: ${reasonOf(error)}`,
      });
      return [];
    }
  });
}

const localNames = ['localhost', '127.0.0.1', '::1'];

function matches(part: string, inventory: Inventory, complain: Complain): InventoryHost[] {
  const { base, pick } = subscript(part);
  const found = named(base, inventory);
  if (found === undefined) {
    complain(`${base} is no regular expression`);
    return [];
  }
  const picked = pick === undefined ? found : pick(found);
  if (picked.length > 0) return picked;
  if (localNames.includes(part)) return [inventory.localhost];
  if (part === 'all' || part === '*') complain('the inventory has no hosts', 'name one with -i');
  else if (inventory.groups.has(base) && found.length === 0) complain(`group "${base}" has no hosts`);
  else if (found.length > 0) complain(`"${part}" matches no host: "${base}" has ${found.length}`);
  else {
    const near = nearest(base, [...inventory.groups.keys(), ...inventory.hosts.keys(), 'all', 'localhost']);
    complain(`"${part}" matches no host and no group`, near === undefined ? undefined : `did you mean "${near}"?`);
  }
  return [];
}

function subscript(part: string): { base: string; pick?: (hosts: InventoryHost[]) => InventoryHost[] } {
  const match = part.startsWith('~') ? null : /^(.+)\[(?:(-?\d+)|(\d+)([:-])(\d*))\]$/.exec(part);
  if (match === null) return { base: part };
  const [, base = '', index, begin = '0', , end = ''] = match;
  if (index !== undefined) return { base, pick: (hosts) => hosts.slice(Number(index)).slice(0, 1) };
  return { base, pick: (hosts) => hosts.slice(Number(begin), end === '' ? undefined : Number(end) + 1) };
}

/** Groups first; hosts by name when no group matched, or when the pattern is a glob or a regular expression. */
function named(pattern: string, inventory: Inventory): InventoryHost[] | undefined {
  const test = tester(pattern);
  if (test === undefined) return undefined;
  const groups = pattern === '*' ? ['all'] : [...inventory.groups.keys(), 'ungrouped'].filter(test);
  const found = new Map<string, InventoryHost>();
  for (const group of groups) for (const host of membersOf(group, inventory)) found.set(host.name, host);
  if (groups.length === 0 || /^~|[.?*[]/.test(pattern)) {
    for (const host of inventory.hosts.values()) if (test(host.name)) found.set(host.name, host);
  }
  return [...found.values()];
}

function membersOf(group: string, inventory: Inventory): InventoryHost[] {
  if (group === 'ungrouped' && !inventory.groups.has('ungrouped')) {
    return [...inventory.hosts.values()].filter((host) => host.groups.length === 0);
  }
  return (inventory.groups.get(group)?.hosts ?? []).flatMap((name) => inventory.hosts.get(name) ?? []);
}

function tester(pattern: string): ((name: string) => boolean) | undefined {
  if (!pattern.startsWith('~')) {
    const glob = globExpression(pattern);
    return (name) => glob.test(name);
  }
  try {
    const expression = new RegExp(`^(?:${pattern.slice(1)})`);
    return (name) => expression.test(name);
  } catch {
    return undefined;
  }
}

/** Shell globs as Python's fnmatch reads them: `*` and `?` match any character, dots too. */
function globExpression(glob: string): RegExp {
  const source = glob.replace(/\*+|\?|\[(!?)([^\]]+)\]|[\\^$.|+(){}[\]]/g, (part, not?: string, set?: string) => {
    if (part.startsWith('*')) return '.*';
    if (part === '?') return '.';
    if (set !== undefined) return `[${not === '!' ? '^' : ''}${set.replaceAll('\\', '\\\\')}]`;
    return `\\${part}`;
  });
  return new RegExp(`^${source}$`, 's');
}
