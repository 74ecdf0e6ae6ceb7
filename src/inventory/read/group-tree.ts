import type { Diagnostic, Diagnostics, Place } from '../../diagnostics/diagnostic.js';
import type { Draft } from './draft.js';

/** Tree of the groups of an inventory. */
export interface GroupTree {
  /** Returns the length of the longest way from `all`. */
  depthOf(group: string): number;
  /** Returns the names of the hosts of a group and of its children, in Ansible's order: level by level. */
  hostsOf(group: string): readonly string[];
  /**
   * Returns the children of a group, in order; those of `all` begin with `ungrouped` and end with the groups that
   * nobody else has.
   */
  childrenOf(group: string): readonly string[];
  /** Groups of each host, its groups' parents included, `all` left out; weakest first. */
  readonly groupsOfHosts: ReadonlyMap<string, readonly string[]>;
}

/**
 * Makes the tree of groups. Groups that nobody has as a child are below `all`; one that is above itself is an error.
 */
export function groupTree(draft: Draft, diagnostics: Diagnostics): GroupTree {
  const children = withoutCycles(draft, diagnostics);
  const parents = new Map<string, string[]>();
  for (const [parent, below] of children)
    for (const child of below) {
      const known = parents.get(child);
      if (known === undefined) parents.set(child, [parent]);
      else known.push(parent);
    }
  const depthOf = remembered((group): number =>
    group === 'all' ? 0 : 1 + (parents.get(group) ?? []).reduce((most, parent) => Math.max(most, depthOf(parent)), 0),
  );
  const walk = { steps: 0 };
  const hostsOf = remembered((group) => hostsBelow(group, children, draft, walk));
  const priority = (group: string) => draft.groups.get(group)?.priority ?? 1;
  const byRank = [...draft.groups.keys()]
    .filter((group) => group !== 'all')
    .sort((a, b) => depthOf(a) - depthOf(b) || priority(a) - priority(b) || (a < b ? -1 : 1));
  hostsOf('all');
  const groupsOfHosts = new Map<string, string[]>([...draft.hosts.keys()].map((host) => [host, []]));
  for (const group of byRank) for (const host of hostsOf(group)) groupsOfHosts.get(host)?.push(group);
  if (walk.steps > mostSteps) diagnostics.add(tooDense);
  return { depthOf, hostsOf, childrenOf: (group) => children.get(group) ?? [], groupsOfHosts };
}

/** Deepest that groups may lie in one another. */
const deepest = 100;

/** Returns the children of every group, in order, less the links that close a ring or go too deep: those are errors. */
function withoutCycles(draft: Draft, diagnostics: Diagnostics): ReadonlyMap<string, readonly string[]> {
  const named = new Map<string, Map<string, Place | undefined>>();
  for (const [name, { children }] of draft.groups) named.set(name, new Map(children));
  const taken = new Set([...named.values()].flatMap((children) => [...children.keys()]));
  const orphans = [...named.keys()].filter((name) => name !== 'all' && !taken.has(name));
  const belowAll = ['ungrouped', ...(draft.groups.get('all')?.children.keys() ?? []), ...orphans];
  named.set('all', new Map(belowAll.map((name) => [name, draft.groups.get('all')?.children.get(name)])));
  for (const [name, { children }] of draft.groups) {
    const [child, place] =
      [...children].find(([each]) => name !== 'all' && (each === 'ungrouped' || name === 'ungrouped')) ?? [];
    if (place === undefined) continue;
    const message = `group "${name}": ${child} cannot be its child: ungrouped is for the hosts of no group`;
    diagnostics.add({ code: 'group-cycle', message, place, hint: 'remove it' });
  }
  const heights = new Map<string, number>();
  const visit = (name: string, way: readonly string[]): number => {
    const known = heights.get(name);
    if (known !== undefined) return known;
    const here = [...way, name];
    let height = 0;
    for (const [child, place] of named.get(name) ?? []) {
      if (here.includes(child)) {
        named.get(name)?.delete(child);
        const ring = [...here.slice(here.indexOf(child)), child].join(' > ');
        const hint = child === 'all' ? 'remove it: all holds every group by itself' : 'remove one of the children';
        diagnostics.add({ code: 'group-cycle', message: `group "${child}" is its own child: ${ring}`, place, hint });
        continue;
      }
      const below = here.length < deepest ? visit(child, here) : deepest;
      if (below < deepest) height = Math.max(height, below);
      else {
        named.get(name)?.delete(child);
        const message = `group "${child}" lies in more than ${deepest} groups, one in another`;
        diagnostics.add({ code: 'group-cycle', message, place, hint: 'remove it from one of them' });
      }
    }
    heights.set(name, height + 1);
    return height + 1;
  };
  for (const name of named.keys()) visit(name, []);
  return new Map([...named].map(([name, children]) => [name, [...children.keys()]]));
}

/**
 * Steps from a group to a child, and hosts taken up, for all groups at most. Thousands of groups and of hosts take some
 * hundred thousand; but groups in layers, each of which names all of the next, have more at each layer.
 */
const mostSteps = 30_000_000;

const tooDense: Diagnostic = {
  code: 'group-cycle',
  message: `the groups of the inventory lead to their hosts in more than ${mostSteps} steps`,
  hint: 'name a group as a child of fewer others',
};

/**
 * Returns the hosts of a group and those below, level by level; none of what is left once {@link mostSteps} are done.
 */
function hostsBelow(
  group: string,
  children: ReadonlyMap<string, readonly string[]>,
  draft: Draft,
  walk: { steps: number },
): string[] {
  const hosts = new Set<string>();
  // A set goes on with what is added while it is gone through, which is level by level.
  const groups = new Set([group]);
  for (const each of groups) {
    const own = draft.groups.get(each)?.hosts ?? new Set();
    const below = children.get(each) ?? [];
    walk.steps += below.length + own.size;
    if (walk.steps > mostSteps) break;
    for (const host of own) hosts.add(host);
    for (const child of below) groups.add(child);
  }
  return [...hosts];
}

function remembered<Value>(find: (name: string) => Value): (name: string) => Value {
  const known = new Map<string, Value>();
  return (name) => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const value = find(name);
    known.set(name, value);
    return value;
  };
}
