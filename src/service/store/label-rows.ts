import type { ManifestLabelRow } from './tables.js';

/** Characters of a name and a value at most: longer ones are shown with their image, and not searched. */
const longest = 500;
const most = 200;

/**
 * Makes the rows by which an image is found: labels of its configuration, and annotations of its manifest. Where both have a
 * name, the label counts.
 */
export function labelRows(
  manifest: string,
  annotations: Readonly<Record<string, unknown>>,
  labels: Readonly<Record<string, unknown>>,
): ManifestLabelRow[] {
  const rows = new Map<string, ManifestLabelRow>();
  for (const [name, value] of [...Object.entries(annotations), ...Object.entries(labels)]) {
    if (typeof value !== 'string' || name.length + value.length > longest || /\0/.test(name + value)) continue;
    if (rows.size >= most && !rows.has(name)) continue;
    rows.set(name, { manifest, name, value });
  }
  return [...rows.values()];
}
