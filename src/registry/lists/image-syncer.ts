import { z } from 'zod';
import type { Diagnostics } from '../../diagnostics/diagnostic.js';
import { checkShape } from '../../diagnostics/shapes/check-shape.js';
import type { YamlSource } from '../../diagnostics/yaml/yaml-file.js';
import { entryFromFields, readImageName } from './entry-fields.js';
import type { EntryFields } from './entry-schema.js';
import type { Pattern, WantedImages } from './image-list.js';
import { regexPattern } from './pattern.js';

const schema = z.record(z.string(), z.union([z.string(), z.array(z.string())]));

/** Longest source that is read, in characters: a name of 255 after its host, and a pattern or some tags. */
const longestSource = 2000;

/**
 * Reads the images file of image-syncer, JSON or YAML: `SOURCE: TARGET`, or several targets in a list. A source without
 * a tag is all its tags; `:a,b` are two, `:/…/` those that an expression is found in. One without a registry is Docker
 * Hub's.
 */
export function readImageSyncer(source: YamlSource, diagnostics: Diagnostics): WantedImages[] {
  const rules = checkShape(schema, source.value, source, [], diagnostics) ?? {};
  return Object.entries(rules).flatMap(([from, targets]) =>
    [targets].flat().flatMap((target, index): WantedImages[] => {
      const path = Array.isArray(targets) ? [from, index] : [from];
      const place = source.placeOf(path);
      const entry = entryOf(from, target);
      if (!('error' in entry)) return [{ ...entry, place }];
      const message = `${JSON.stringify(`${from}: ${target}`)} is no rule: ${entry.error}`;
      diagnostics.add({ code: 'image', message, place });
      return [];
    }),
  );
}

function entryOf(from: string, target: string) {
  if (from.length > longestSource) return { error: `a source has at most ${longestSource} characters` };
  if (from.includes('@')) return entryAtHub({ name: from, target });
  const [, name = from, expression, list] = /^(.+?):(?:\/(.+)\/|([\w.,-]+))$/.exec(from) ?? [];
  const tags = list?.split(',') ?? [];
  if (tags.length > 0) return entryAtHub({ name, tags, target });
  const pattern: Pattern | { error: string } =
    expression === undefined ? { kind: 'glob', glob: '*' } : regexPattern(expression, true);
  return 'error' in pattern ? pattern : entryAtHub({ name, include: [pattern], target });
}

/** Makes an entry of a rule: one that names no registry is Docker Hub's. */
function entryAtHub(fields: EntryFields & { readonly name: string }) {
  const image = readImageName(fields.name, 'docker.io', ['name']);
  return 'error' in image ? image : entryFromFields({ ...fields, source: image.registry });
}
