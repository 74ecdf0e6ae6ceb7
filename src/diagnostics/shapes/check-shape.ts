import type { z } from 'zod';
import type { Diagnostics } from '../diagnostic.js';
import type { YamlPath, YamlSource } from '../yaml/yaml-file.js';
import { explainIssue } from './explain-issue.js';

/** Checks a part of a YAML file against a schema; every issue becomes an error with its place. */
export function checkShape<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  source: YamlSource,
  path: YamlPath,
  diagnostics: Diagnostics,
): z.output<Schema> | undefined {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    for (const { at, part, ...found } of explainIssue(issue, value, schema)) {
      diagnostics.add({ ...found, place: source.placeOf([...path, ...at], part) });
    }
  }
  return undefined;
}
