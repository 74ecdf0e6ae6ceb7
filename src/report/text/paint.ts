const codes = {
  bold: 1,
  dim: 2,
  red: 31,
  green: 32,
  yellow: 33,
  blue: 34,
  magenta: 35,
  cyan: 36,
} as const;

/** Colour or weight of a text. */
export type Colour = keyof typeof codes;

/** Colours a text, or leaves it as it is. */
export type Paint = (colour: Colour, text: string) => string;

/** Returns the painter of a report. The caller decides about colour (`--color`, `NO_COLOR`, a terminal). */
export function painter(color: boolean): Paint {
  if (!color) return (_colour, text) => text;
  return (colour, text) => (text === '' ? '' : `\u001B[${codes[colour]}m${text}\u001B[0m`);
}
