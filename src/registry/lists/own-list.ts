import { z } from 'zod';
import type { Diagnostics } from '../../diagnostics/diagnostic.js';
import { checkShape } from '../../diagnostics/shapes/check-shape.js';
import type { YamlSource } from '../../diagnostics/yaml/yaml-file.js';
import { entriesFromValues } from './image-entry.js';
import type { WantedImages } from './image-list.js';

const schema = z.strictObject({ images: z.unknown().optional(), repositories: z.unknown().optional() });

/** Reads our own list: entries in a list, or under `images`, or under `repositories` where all of them are catalogs. */
export function readOwnList(source: YamlSource, diagnostics: Diagnostics): WantedImages[] {
  if (Array.isArray(source.value)) return entriesFromValues(source.value, source, [], diagnostics);
  const list = checkShape(schema, source.value, source, [], diagnostics);
  return (['images', 'repositories'] as const).flatMap((key) =>
    list?.[key] === undefined ? [] : entriesFromValues(list[key], source, [key], diagnostics),
  );
}
