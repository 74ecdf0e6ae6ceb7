import { type Document, isAlias, type Node, visit } from 'yaml';

/** Aliases of a document and what they repeat. */
export interface Aliases {
  /**
   * Returns the node that an alias repeats: the last before it that has its anchor. Anything else is returned as it is.
   */
  resolve(node: unknown): unknown;
  /** Names that are anchored anywhere. */
  readonly anchors: ReadonlySet<string>;
  /** The first node beyond {@link mostAliases}. */
  readonly tooMany: Node | undefined;
}

/**
 * Largest number of aliases, and of anchors, of a file: the time to make values of them grows faster than their number.
 */
export const mostAliases = 10_000;

/** Finds the aliases of a document in one pass; the library takes one pass for each. */
export function aliasesIn(document: Document): Aliases {
  const targets = new Map<unknown, Node | undefined>();
  const anchored = new Map<string, Node>();
  let anchors = 0;
  let tooMany: Node | undefined;
  visit(document, {
    Node: (_, node) => {
      if (isAlias(node)) targets.set(node, anchored.get(node.source));
      else if (node.anchor !== undefined) {
        anchored.set(node.anchor, node);
        anchors += 1;
      }
      if (Math.max(anchors, targets.size) <= mostAliases) return undefined;
      tooMany = node;
      return visit.BREAK;
    },
  });
  return {
    resolve: (node) => (targets.has(node) ? targets.get(node) : node),
    anchors: new Set(anchored.keys()),
    tooMany,
  };
}
