import { type Document, isCollection, isScalar, type ParsedNode, visit } from 'yaml';

/** Most lines, commas, colons and brackets of a file in YAML: of each comes a part that takes some kilobytes and microseconds. */
export const mostParts = 400_000;

/** Most mistakes that are reported of one file: who has mended these reads it again. */
export const mostProblems = 100;

/** Deepest that lists and maps of a file may lie in one another. */
export const deepest = 100;

/** Message for a text that lies deeper. */
export const tooDeep = `lists and maps lie more than ${deepest} deep in one another`;

/** Characters that begin or end something, by what each counts: of quotes there are four to a key and its value. */
const weights: ReadonlyMap<string, number> = new Map([
  ...Array.from('\n,:[]{}&!*?%#', (mark) => [mark, 1] as const),
  ...Array.from('"\'', (mark) => [mark, 0.25] as const),
]);
const weightOf = Float64Array.from({ length: 128 }, (_, code) => weights.get(String.fromCharCode(code)) ?? 0);

/** Tells whether a text is more than {@link mostParts}, before anything is made of it. */
export function hasTooManyParts(text: string): boolean {
  let parts = 0;
  for (let at = 0; at < text.length && parts <= mostParts; at += 1) parts += weightOf[text.charCodeAt(at)] ?? 0;
  return parts > mostParts;
}

/** Finds the first node that lies deeper than {@link deepest}. */
export function tooDeepIn(document: Document): unknown {
  let found: unknown;
  visit(document, {
    Collection: (_, node, way) => {
      if (way.filter(isCollection).length < deepest) return undefined;
      found = node;
      return visit.BREAK;
    },
  });
  return found;
}

/** Finds keys that their map has already. The library compares each with all before it, which takes minutes for 100 000. */
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
