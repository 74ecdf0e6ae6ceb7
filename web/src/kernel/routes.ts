/** Pattern of paths with what is at it: `/users/:name`, `/repositories/:registry/*repository`. */
export type Routes<Value> = readonly (readonly [pattern: string, value: Value])[];

/** Value of a route, and the parts of the path. */
export interface Match<Value> {
  readonly value: Value;
  readonly params: Readonly<Record<string, string>>;
}

/** Finds what is at a path. `:name` is one part of it, `*name` all the rest, slashes too. */
export function findRoute<Value>(routes: Routes<Value>, path: string): Match<Value> | undefined {
  const parts = path.split('/').filter((part) => part !== '');
  for (const [pattern, value] of routes) {
    const params = matchParts(
      pattern.split('/').filter((part) => part !== ''),
      parts,
    );
    if (params !== undefined) return { value, params };
  }
  return undefined;
}

function matchParts(pattern: readonly string[], parts: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [index, wanted] of pattern.entries()) {
    const part = parts[index];
    if (part === undefined) return undefined;
    if (wanted.startsWith('*')) {
      const rest = decoded(parts.slice(index).join('/'));
      if (rest === undefined) return undefined;
      params[wanted.slice(1)] = rest;
      return params;
    }
    if (wanted.startsWith(':')) {
      const text = decoded(part);
      if (text === undefined) return undefined;
      params[wanted.slice(1)] = text;
    } else if (wanted !== part) return undefined;
  }
  return pattern.length === parts.length ? params : undefined;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined; // `%` that stands for nothing: there is no such page.
  }
}
