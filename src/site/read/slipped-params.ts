import { keysAt } from '../../diagnostics/shapes/schema-keys.js';
import type { ResourceKind } from '../../model/task.js';
import type { Path } from '../blueprint/blueprint.js';
import type { ReadContext } from './read-context.js';

/** Returns the keys beside a resource without parameters that are parameters of it. */
export function slippedParams(
  value: Readonly<Record<string, unknown>>,
  resource: ResourceKind,
  words: readonly string[],
): readonly string[] {
  if (value[resource.kind] !== null) return [];
  const params = keysAt(resource.params, []);
  return Object.keys(value).filter((key) => params.includes(key) && !words.includes(key));
}

/** Reports parameters that stand beside their resource, once for all of them. */
export function reportSlip(keys: readonly string[], kind: string, path: Path, context: ReadContext): void {
  const [first = ''] = keys;
  const isOne = keys.length === 1;
  context.diagnostics.add({
    code: 'unknown-key',
    message: `${joinWords(keys)} ${isOne ? 'is a parameter' : 'are parameters'} of ${kind}, beside it`,
    place: context.source.placeOf([...path, first], 'key'),
    hint: `indent ${isOne ? 'it' : 'them'} below \`${kind}:\``,
  });
}

function joinWords(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
