import type { FilterParser } from 'ldapts';

/** Fills the places of a filter: `{name}`. What comes in is a value, whatever it looks like (RFC 4515, 3). */
export function fillFilter(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{(\w+)\}/g, (place, key: string) => {
    const value = Object.hasOwn(values, key) ? values[key] : undefined;
    return value === undefined ? place : escapeFilterValue(value);
  });
}

/** Makes of a filter for one user that for any: what it demands beside the name still counts. */
export function anybodysFilter(template: string): string {
  return template.replaceAll('{name}', '*');
}

/** Checks a filter of the configuration. @throws Error that names its option */
export function checkFilter(
  parser: typeof FilterParser,
  option: string,
  filter: string,
  places: readonly string[],
): void {
  const isUsed = places.some((place) => filter.includes(`{${place}}`));
  if (!isUsed) throw new Error(`${option}: must have ${places.map((place) => `{${place}}`).join(' or ')}`);
  // For anybody it becomes `=*`, which means that in a plain comparison alone.
  if (/[<>~:]=[^()]*\{name\}/.test(filter) && places.length === 1)
    throw new Error(`${option}: {name} must stand behind a plain "="`);
  const values = Object.fromEntries(places.map((place) => [place, 'x']));
  try {
    parser.parseString(fillFilter(filter, values));
  } catch (error) {
    throw new Error(`${option}: cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/**
 * Escapes a value. Only what ends a value or means something in it: the library that sends it takes each `\xx` for a character,
 * not for a byte of one.
 */
function escapeFilterValue(value: string): string {
  return value.replaceAll(/[*()\\\0]/g, (sign) => `\\${sign.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
