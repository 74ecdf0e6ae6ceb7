import { type Document, isMap, isNode, isScalar, isSeq, type Pair, type YAMLMap } from 'yaml';
import type { Aliases } from './yaml-aliases.js';

/** Begin and end of a node in its text. */
export type YamlRange = readonly [start: number, end: number];

/** Returns the range of the value at a path, or of its key; of the nearest part around it where the path ends early. */
export function rangeOf(
  document: Document,
  path: readonly (string | number)[],
  part: 'key' | 'value',
  aliases: Aliases,
): YamlRange {
  let node: unknown = document.contents;
  let range = rangeOfNode(node) ?? [0, 1];
  for (const [depth, step] of path.entries()) {
    const entry = entryOf(aliases.resolve(node), step);
    if (entry === undefined) break;
    node = entry.value;
    const keyRange = rangeOfNode(entry.key);
    const isKey = part === 'key' && depth === path.length - 1;
    range = (isKey ? keyRange : rangeOfNode(node)) ?? keyRange ?? range;
  }
  return range;
}

/** Returns the range of a node that was parsed from a text. */
export function rangeOfNode(node: unknown): YamlRange | undefined {
  if (!isNode(node) || node.range === undefined || node.range === null) return undefined;
  return [node.range[0], Math.max(node.range[1], node.range[0] + 1)];
}

function entryOf(parent: unknown, step: string | number): { key?: unknown; value: unknown } | undefined {
  if (isSeq(parent)) {
    const item = parent.items[Number(step)];
    return item === undefined ? undefined : { value: item };
  }
  if (!isMap(parent)) return undefined;
  const pair = pairsOf(parent).get(String(step));
  return pair === undefined ? undefined : { key: pair.key, value: pair.value ?? pair.key };
}

const known = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();

/**
 * Returns the pairs of a map by their keys. They are remembered: each of thousands of hosts is looked up in its map.
 */
function pairsOf(map: YAMLMap): ReadonlyMap<string, Pair> {
  const before = known.get(map);
  if (before !== undefined) return before;
  const pairs = new Map(map.items.map((pair) => [keyText(pair.key), pair]));
  known.set(map, pairs);
  return pairs;
}

function keyText(key: unknown): string {
  return isScalar(key) ? String(key.value) : String(key);
}
