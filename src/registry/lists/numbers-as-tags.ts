import type { Diagnostics } from '../../diagnostics/diagnostic.js';
import type { YamlPath, YamlSource } from '../../diagnostics/yaml/yaml-file.js';
import { writtenAt } from './yaml-text.js';

/**
 * Finds tags that YAML reads as numbers and that lose something by it: `13.0` is 13. A tag of digits alone stays as it
 * is, and may be written without quotes.
 */
export function checkNumbers(entry: unknown, source: YamlSource, path: YamlPath, diagnostics: Diagnostics): void {
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
