import type { Diagnostics } from '../diagnostics/diagnostic.js';
import type { Draft } from './draft.js';

/** How far each group is from `all` by its longest way; a group that is its own ancestor is a mistake. */
export function depths(draft: Draft, diagnostics: Diagnostics): ReadonlyMap<string, number> {
  const depthOf = new Map<string, number>([['all', 0]]);
  const visit = (name: string, depth: number, way: readonly string[]) => {
    if ((depthOf.get(name) ?? -1) < depth) depthOf.set(name, depth);
    for (const [child, place] of draft.groups.get(name)?.children ?? []) {
      if (way.includes(child) || child === name) {
        const ring = [...way.slice(way.indexOf(child)), name, child].filter(
          (each, index, all) => each !== all[index - 1],
        );
        diagnostics.add({
          code: 'group-cycle',
          message: `group "${child}" is its own child: ${ring.join(' > ')}`,
          place,
          hint: 'take one of the children out',
        });
      } else visit(child, depth + 1, [...way, name]);
    }
  };
  const roots = [...draft.groups.keys()].filter((name) => name !== 'all' && !isChild(name, draft));
  for (const child of draft.groups.get('all')?.children.keys() ?? []) visit(child, 1, ['all']);
  for (const name of roots) visit(name, 1, ['all']);
  for (const name of draft.groups.keys()) if (!depthOf.has(name)) visit(name, 1, []);
  return depthOf;
}

function isChild(name: string, draft: Draft): boolean {
  return [...draft.groups].some(([parent, group]) => parent !== 'all' && group.children.has(name));
}
