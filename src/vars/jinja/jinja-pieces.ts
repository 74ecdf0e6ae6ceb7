/** A part of Jinja that has no counterpart; its message says which. */
export class Unsupported extends Error {}
/** Text that is no expression of Jinja. */
export class Unreadable extends Error {}

/** Expression in Handlebars, as far as it was put together. */
export interface Piece {
  readonly text: string;
  /** Needs parentheses where it is given to a function. */
  readonly call: boolean;
  /** Is a text or number as it was written. */
  readonly literal?: 'text' | 'number';
  /** A filter after which Jinja prints a number otherwise: to be compared alone. */
  readonly onlyCompared?: string;
}

/** Null, which a name without a value is compared with. */
export const nothing: Piece = { text: 'null', call: false };

/** Tells whether a piece is a part of something, which is null where there is none. */
export function isGet({ text }: Piece): boolean {
  return text.startsWith('get ');
}

/** Returns a piece that is printed or given to a function as it is. */
export function plain(piece: Piece): Piece {
  if (piece.onlyCompared !== undefined) throw new Unsupported(`the filter ${piece.onlyCompared}, but in a comparison`);
  return piece;
}

/** A comparison; the names of our own facts are in small letters, whatever Ansible writes. */
export function compared(helper: string, left: Piece, right: Piece): Piece {
  const isOurs = /^facts\.os_(?:family|id)$/.test(left.text) && right.literal === 'text';
  return call(helper, left, isOurs ? { ...right, text: right.text.toLowerCase() } : right);
}

/** Returns the call of a function. */
export function call(helper: string, ...values: readonly Piece[]): Piece {
  const words = values.map((value) => (value.call ? `(${value.text})` : value.text));
  return { text: [helper, ...words].join(' '), call: true };
}

/** Returns a part of a piece, by its key or index. */
export function access(piece: Piece, key: string): Piece {
  if (piece.literal !== undefined) throw new Unsupported('a part of a text or number that is written there');
  if (piece.call) return call('get', piece, { text: /^\d+$/.test(key) ? key : literal(`"${key}"`), call: false });
  const step = /^[A-Za-z_][\w-]*$/.test(key) ? key : `[${key}]`;
  return { text: `${piece.text}.${step}`, call: false };
}

/** Returns the same text in the quotes that a Handlebars text can have. */
export function literal(quoted: string): string {
  const text = quoted.slice(1, -1).replace(/\\(.)/gs, (written, escaped: string) => {
    if (/['"]/.test(escaped)) return escaped;
    // Ansible keeps these in values, and reads them as escapes in files of templates.
    if (/[\\abfnrtvxuUN0-7\n]/.test(escaped)) throw new Unsupported(`the escape \\${escaped}`);
    return written;
  });
  if (text.endsWith('\\') || (text.includes('"') && text.includes("'"))) throw new Unsupported(`the text ${quoted}`);
  return text.includes('"') ? `'${text}'` : `"${text}"`;
}
