import { shortened, visibleLine } from '../../diagnostics/printable.js';

/** Characters of a cell at most. */
export const longestCell = 400;

/** Aligns rows: each column is as wide as its widest cell. */
export function columns(given: readonly (readonly string[])[]): string[] {
  const rows = given.map((row) => row.map((cell) => visibleLine(shortened(cell, longestCell))));
  const widths: number[] = [];
  for (const row of rows) {
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length);
  }
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
