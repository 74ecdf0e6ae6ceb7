import type { YamlPath, YamlSource } from '../../diagnostics/yaml/yaml-file.js';

/**
 * Returns the text of a value where the format has nothing but text, as Go's tools read YAML. `1.10` without quotes is
 * "1.10" there, and not the number 1.1.
 */
export function textAt(source: YamlSource, path: YamlPath, value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value !== 'number' && typeof value !== 'boolean') return undefined;
  return writtenAt(source, path);
}

/** Returns the text in which a value is written, as far as it stands in one line. */
export function writtenAt(source: YamlSource, path: YamlPath): string {
  const { line, column, length = 1 } = source.placeOf(path);
  return linesOf(source)[line - 1]?.slice(column - 1, column - 1 + length) ?? '';
}

const known = new WeakMap<YamlSource, readonly string[]>();

/** Returns the lines of a source; they are remembered, as lists have thousands of values. */
function linesOf(source: YamlSource): readonly string[] {
  const lines = known.get(source) ?? source.text.split('\n');
  known.set(source, lines);
  return lines;
}
