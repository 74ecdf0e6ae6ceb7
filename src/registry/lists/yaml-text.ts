import type { YamlPath, YamlSource } from '../../diagnostics/yaml-file.js';

/**
 * The text of a value where the format has nothing but text, as Go's tools read YAML: `1.10` without quotes is "1.10"
 * there, and not the number 1.1.
 */
export function textAt(source: YamlSource, path: YamlPath, value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value !== 'number' && typeof value !== 'boolean') return undefined;
  const { line, column, length = 1 } = source.placeOf(path);
  return source.text.split('\n')[line - 1]?.slice(column - 1, column - 1 + length);
}
