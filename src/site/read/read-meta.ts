import { nearest } from '../../diagnostics/nearest.js';
import { isMap } from '../../vars/template/template-value.js';
import type { FlushEntry, Path } from '../blueprint/blueprint.js';
import { inherit, type Words } from '../words/inherited-words.js';
import { metaSchema, taskSchema } from '../words/schemas.js';
import { type ReadContext, readWords } from './read-context.js';
import { insteadOfMeta } from './unsupported.js';

const words = ['flush_handlers', 'noop'];

/** Reads a task that is `meta: WORD`. Nothing for a word that does nothing, or that is refused. */
export function readMeta(value: unknown, path: Path, outer: Words, context: ReadContext): FlushEntry | undefined {
  const { source, diagnostics, registered } = context;
  const others = isMap(value)
    ? Object.keys(value).filter((key) => key in taskSchema.shape && !(key in metaSchema.shape))
    : [];
  for (const key of others) {
    const place = source.placeOf([...path, key], 'key');
    diagnostics.add({ code: 'unknown-key', message: `"${key}" does not go with meta`, place });
  }
  const task = readWords(metaSchema, value, path, context, others);
  if (task === undefined || task.meta === 'noop') return undefined;
  if (task.meta !== 'flush_handlers') {
    const instead = insteadOfMeta(task.meta);
    const near = nearest(task.meta, words);
    const hint = near === undefined ? `there are ${words.join(', ')}` : `did you mean "${near}"?`;
    diagnostics.add({
      code: 'unsupported-key',
      message: instead === undefined ? `unknown meta "${task.meta}"` : `meta: ${task.meta} is not used here`,
      place: source.placeOf([...path, 'meta'], 'value'),
      hint: instead ?? hint,
    });
    return undefined;
  }
  return {
    kind: 'flush',
    source,
    path,
    place: source.placeOf(path, 'value'),
    words: inherit(outer, task),
    when: [],
    vars: new Map(),
    registered,
  };
}
