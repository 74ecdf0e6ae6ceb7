import { type Document, isCollection, isScalar, type ParsedNode, visit } from 'yaml';

/**
 * Largest number of lines, commas, colons and brackets of a file in YAML: each makes a part that takes some kilobytes
 * and microseconds.
 */
export const mostYamlParts = 400_000;

/** Number of errors that are reported of one file: after these are corrected, the file is read again. */
export const mostProblems = 100;

/** Deepest nesting of lists and maps of a file. */
export const deepestNesting = 100;

/** Message for a text that is nested deeper. */
export const tooDeep = `lists and maps are nested more than ${deepestNesting} deep`;

/** Weights of characters that begin or end something: a key and its value have four quotes. */
const weights: ReadonlyMap<string, number> = new Map([
  ...Array.from('\n,:[]{}&!*?%#', (mark) => [mark, 1] as const),
  ...Array.from('"\'', (mark) => [mark, 0.25] as const),
]);
const weightOf = Float64Array.from({ length: 128 }, (_, code) => weights.get(String.fromCharCode(code)) ?? 0);

/** Returns true for a text that has more than {@link mostYamlParts}, before anything is made of it. */
export function hasTooManyParts(text: string): boolean {
  let parts = 0;
  for (let at = 0; at < text.length && parts <= mostYamlParts; at += 1) parts += weightOf[text.charCodeAt(at)] ?? 0;
  return parts > mostYamlParts;
}

/** Finds the first node that is nested deeper than {@link deepestNesting}. */
export function tooDeepIn(document: Document): unknown {
  let found: unknown;
  visit(document, {
    Collection: (_, node, way) => {
      if (way.filter(isCollection).length < deepestNesting) return undefined;
      found = node;
      return visit.BREAK;
    },
  });
  return found;
}

/**
 * Finds keys that occur twice in their map. The library compares each with all before it, which takes minutes for 100
 * 000.
 */
export function repeatedKeysIn(document: Document): ParsedNode[] {
  const found: ParsedNode[] = [];
  visit(document, {
    Map: (_, map) => {
      const keys = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (keys.has(key.value)) found.push(key as ParsedNode);
        keys.add(key.value);
      }
    },
  });
  return found;
}
