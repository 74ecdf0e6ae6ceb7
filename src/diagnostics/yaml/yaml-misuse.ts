import { type Document, isAlias, isCollection, isMap, isNode, isScalar, isSeq, type Node, visit } from 'yaml';
import { nearest } from '../nearest.js';
import { type Aliases, mostAliases } from './yaml-aliases.js';
import { mostProblems, tooDeep, tooDeepIn } from './yaml-limits.js';
import { rangeOfNode, type YamlRange } from './yaml-range.js';

/** YAML that makes no value that can be used. */
export interface YamlMisuse {
  readonly message: string;
  readonly range: YamlRange;
  readonly hint?: string;
}

/** Hint for `x: {{ y }}`. */
export const unquotedTemplate = 'write a value that begins with {{ in quotes: "{{ … }}"';

/**
 * Finds unquoted templates (`x: {{ y }}` is a map whose key is a map), anchors that don't exist, values that contain
 * themselves, and more of anything than a file may have.
 */
export function misusesIn(document: Document, aliases: Aliases): YamlMisuse[] {
  const found: YamlMisuse[] = [];
  const add = (node: unknown, message: string, hint?: string) =>
    found.push({ message, range: rangeOfNode(node) ?? [0, 1], ...(hint === undefined ? {} : { hint }) });
  const deep = tooDeepIn(document);
  if (deep !== undefined) add(deep, tooDeep);
  if (aliases.tooMany !== undefined) add(aliases.tooMany, `the file has more than ${mostAliases} anchors or aliases`);
  if (found.length > 0) return found;
  let expansions = 0;
  visit(document, {
    Pair: (_, pair) => {
      if (isCollection(pair.key)) {
        add(pair.key, 'a key must be text', isMap(pair.key) ? unquotedTemplate : undefined);
        return visit.SKIP;
      }
      if (isScalar(pair.key) && typeof pair.key.value === 'symbol' && !isMergeable(pair.value, aliases))
        add(pair.value ?? pair.key, '<< takes a map, an alias of one, or a list of those');
      return undefined;
    },
    Alias: (_, alias, way) => {
      const target = aliases.resolve(alias);
      if (!isNode(target)) {
        const near = found.length < mostProblems ? nearest(alias.source, aliases.anchors) : undefined;
        add(
          alias,
          `nothing is anchored as &${alias.source}`,
          near === undefined ? undefined : `did you mean *${near}?`,
        );
      } else if (way.some((each) => each === target)) add(alias, `*${alias.source} is part of what it repeats`);
      else if (found.length === 0) {
        expansions += sizeOf(target, aliases);
        if (expansions > most) add(alias, 'aliases make this file far larger than it is');
      }
    },
  });
  return found;
}

function isMergeable(value: unknown, aliases: Aliases): boolean {
  const target = aliases.resolve(value);
  if (isSeq(target)) return target.items.every((each) => isMergeable(each, aliases));
  return isMap(target) || (isAlias(value) && target === undefined);
}

/** Largest number of nodes that all aliases of a file may stand for. */
const most = 100_000;

/** Counts the nodes that a node stands for, those behind aliases too, until it is too much. */
function sizeOf(node: Node, aliases: Aliases, budget = { left: most + 1 }): number {
  const before = budget.left;
  visit(node, {
    Node: (_, each) => {
      budget.left -= 1;
      const target = isAlias(each) ? aliases.resolve(each) : undefined;
      if (isNode(target) && budget.left > 0) sizeOf(target, aliases, budget);
      return budget.left <= 0 ? visit.BREAK : undefined;
    },
  });
  return before - budget.left;
}
