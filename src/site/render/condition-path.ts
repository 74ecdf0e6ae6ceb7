import { isMap } from '../../vars/template/template-value.js';
import type { JudgingWord, Path, PlayEntry } from '../blueprint/blueprint.js';

/** Returns the way to one of an entry's conditions, which may be written as a list or alone. */
export function conditionPath(entry: PlayEntry, index: number, word: 'when' | JudgingWord = 'when'): Path {
  const path = [...entry.path, word];
  let written: unknown = entry.source.value;
  for (const step of path) written = isMap(written) || Array.isArray(written) ? Reflect.get(written, step) : undefined;
  return Array.isArray(written) ? [...path, index] : path;
}
