import { z } from 'zod';
import type { Diagnostics } from '../../diagnostics/diagnostic.js';
import { checkShape } from '../../diagnostics/shapes/check-shape.js';
import type { YamlPath, YamlSource } from '../../diagnostics/yaml/yaml-file.js';
import { isRegistryHost } from '../names.js';
import { canonicalHost } from '../reference.js';
import { registryLimits } from '../registry-limits.js';
import { writtenEntry } from './image-entry.js';
import type { ImageList, WantedImages } from './image-list.js';
import { writtenAt } from './yaml-text.js';

const schema = z.strictObject({
  images: z.unknown().optional(),
  repositories: z.unknown().optional(),
  registries: z
    .record(
      z.string().refine((name) => name === '*' || isRegistryHost(name), { error: 'must be host or host:port, or "*"' }),
      registryLimits,
    )
    .optional(),
});

/**
 * Reads our own list: entries in a list, or under `images`, or under `repositories` where all of them are catalogs. A map
 * may have limits under `registries`.
 */
export function readOwnList(source: YamlSource, diagnostics: Diagnostics): Pick<ImageList, 'wanted' | 'limits'> {
  if (Array.isArray(source.value)) return { wanted: entriesFromValues(source.value, source, [], diagnostics) };
  const list = checkShape(schema, source.value, source, [], diagnostics);
  const wanted = (['images', 'repositories'] as const).flatMap((key) =>
    list?.[key] === undefined ? [] : entriesFromValues(list[key], source, [key], diagnostics),
  );
  const limits = Object.entries(list?.registries ?? {}).map(([host, each]) => [canonicalHost(host), each] as const);
  return { wanted, ...(limits.length === 0 ? {} : { limits: Object.fromEntries(limits) }) };
}

/** Reads the entries of a list in a YAML file, with their places; errors are collected. */
function entriesFromValues(
  values: unknown,
  source: YamlSource,
  path: YamlPath,
  diagnostics: Diagnostics,
): WantedImages[] {
  const list = checkShape(z.array(z.unknown()), values, source, path, diagnostics) ?? [];
  return list.flatMap((value, index) => {
    const at = [...path, index];
    checkNumbers(value, source, at, diagnostics);
    const entry = checkShape(writtenEntry, value, source, at, diagnostics);
    return entry === undefined ? [] : [{ ...entry, place: source.placeOf(at) }];
  });
}

/**
 * Finds tags that YAML reads as numbers and that lose something by it: `13.0` is 13. A tag of digits alone stays as it
 * is, and may be written without quotes.
 */
function checkNumbers(entry: unknown, source: YamlSource, path: YamlPath, diagnostics: Diagnostics): void {
  for (const { at, number } of numbersIn(entry)) {
    const place = source.placeOf([...path, ...at]);
    const written = writtenAt(source, [...path, ...at]);
    if (written === String(number) || !/^[\d+-]/.test(written)) continue;
    const message = `${at[0]}: YAML reads ${written} as the number ${number}, which is another tag`;
    diagnostics.add({ code: 'wrong-value', message, place, hint: `put it in quotes: "${written}"` });
  }
}

function numbersIn(entry: unknown): { at: (string | number)[]; number: number }[] {
  if (typeof entry !== 'object' || entry === null) return [];
  return Object.entries(entry).flatMap(([key, value]) => {
    if (!/tags?$/.test(key)) return [];
    if (typeof value === 'number') return [{ at: [key], number: value }];
    if (!Array.isArray(value)) return [];
    return value.flatMap((each, index) => (typeof each === 'number' ? [{ at: [key, index], number: each }] : []));
  });
}
