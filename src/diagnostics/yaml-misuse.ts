import { type Document, isAlias, isCollection, isMap, isScalar, isSeq, type Node, visit } from 'yaml';
import { nearest } from './nearest.js';
import { rangeOfNode, type YamlRange } from './yaml-range.js';

/** Something that is YAML, but makes no value that can be used. */
export interface YamlMisuse {
  readonly message: string;
  readonly range: YamlRange;
  readonly hint?: string;
}

/** What to do about `x: {{ y }}`. */
export const unquotedTemplate = 'a value that begins with {{ is written in quotes: "{{ … }}"';

/** Finds unquoted templates (`x: {{ y }}` is a map whose key is a map), anchors that aren't there, and values that hold themselves. */
export function misusesIn(document: Document): YamlMisuse[] {
  const found: YamlMisuse[] = [];
  const anchors = new Set<string>();
  let expansions = 0;
  const add = (node: unknown, message: string, hint?: string) =>
    found.push({ message, range: rangeOfNode(node) ?? [0, 1], ...(hint === undefined ? {} : { hint }) });
  visit(document, {
    Node: (_, node) => {
      if ('anchor' in node && typeof node.anchor === 'string') anchors.add(node.anchor);
    },
    Pair: (_, pair) => {
      if (isCollection(pair.key)) {
        add(pair.key, 'a key must be text', isMap(pair.key) ? unquotedTemplate : undefined);
        return visit.SKIP;
      }
      if (isScalar(pair.key) && typeof pair.key.value === 'symbol' && !isMergeable(pair.value, document))
        add(pair.value ?? pair.key, '<< takes a map, an alias of one, or a list of those');
      return undefined;
    },
  });
  visit(document, {
    Alias: (_, alias, way) => {
      const target = alias.resolve(document);
      if (target === undefined) {
        const near = nearest(alias.source, anchors);
        add(
          alias,
          `nothing is anchored as &${alias.source}`,
          near === undefined ? undefined : `did you mean *${near}?`,
        );
      } else if (way.some((each) => each === target)) add(alias, `*${alias.source} stands within what it repeats`);
      else if (found.length === 0) {
        expansions += sizeOf(target, document);
        if (expansions > most) add(alias, 'aliases make this file far larger than it is');
      }
    },
  });
  return found;
}

function isMergeable(value: unknown, document: Document): boolean {
  const target = isAlias(value) ? value.resolve(document) : value;
  if (isSeq(target)) return target.items.every((each) => isMergeable(each, document));
  return isMap(target) || (isAlias(value) && target === undefined);
}

const most = 100_000;

/** Nodes that a node stands for, those behind aliases counted too, until it is too much. */
function sizeOf(node: Node, document: Document, budget = { left: most + 1 }): number {
  const before = budget.left;
  visit(node, {
    Node: () => {
      budget.left -= 1;
      return budget.left <= 0 ? visit.BREAK : undefined;
    },
    Alias: (_, alias) => {
      const target = alias.resolve(document);
      if (target !== undefined && budget.left > 0) sizeOf(target, document, budget);
      return budget.left <= 0 ? visit.BREAK : undefined;
    },
  });
  return before - budget.left;
}
