/** Beginnings by which spreadsheets take a text for a formula. */
const formula = /^[=+\-@\t\r]/;

/** Writes a line of CSV (RFC 4180). A text that a spreadsheet would take for a formula gets a quote in front. */
export function csvLine(values: readonly unknown[]): string {
  return `${values.map(cell).join(',')}\r\n`;
}

function cell(value: unknown): string {
  const text = textOfValue(value);
  const safe = typeof value !== 'number' && formula.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Returns a value as a text: lists of texts with blanks between them, all else that is none as JSON. */
function textOfValue(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value.join(' ');
  return JSON.stringify(value) ?? '';
}
