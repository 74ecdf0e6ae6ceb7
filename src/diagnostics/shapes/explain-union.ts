import type { z } from 'zod';
import { quoteWord, zodTypeName } from './value-words.js';

type Issue = z.core.$ZodIssue;

/** Words for a value that fits no branch of a union. */
export interface UnionWords {
  /** Issues of the branch that the value fits furthest; empty where it fits none at all. */
  readonly branch: readonly Issue[];
  /** Types and words that the branches expect, where the value fits none at all: `text`, `"auto"`. */
  readonly expected: readonly string[];
  /** Words among those, for a suggestion. */
  readonly words: readonly string[];
}

/** Finds the most useful words for a union: the branch with the fewest errors within it, else all the branches. */
export function explainUnion(issue: Extract<Issue, { code: 'invalid_union' }>): UnionWords {
  const options = 'options' in issue && Array.isArray(issue.options) ? issue.options : [];
  if (options.length > 0) return { branch: [], expected: options.map(quoteWord), words: options.map(String) };
  const entered = issue.errors.filter((issues) => issues.length > 0 && !issues.some(isOfWhole));
  const [branch] = entered.toSorted((a, b) => a.length - b.length);
  if (branch !== undefined) return { branch, expected: [], words: [] };
  const types: string[] = [];
  const words: unknown[] = [];
  for (const each of issue.errors.flat()) {
    if (each.path.length > 0) continue;
    if (each.code === 'invalid_type') types.push(zodTypeName(each.expected));
    else if (each.code === 'invalid_value') words.push(...each.values);
    else if (each.code === 'invalid_union') {
      const inner = explainUnion(each);
      if (inner.branch.length > 0) return inner;
      types.push(...inner.expected);
    }
  }
  return { branch: [], expected: [...new Set([...types, ...words.map(quoteWord)])], words: words.map(String) };
}

/** Returns true for an issue of the whole value: the branch is of another type or word altogether. */
function isOfWhole(issue: Issue): boolean {
  return issue.path.length === 0 && ['invalid_type', 'invalid_value', 'invalid_union'].includes(issue.code);
}
