/** Lists, objects and commas of a document at most: a manifest of 10,000 layers has some 130,000. */
export const mostParts = 200_000;
/** Lists and objects in each other at most. */
export const deepest = 200;

/** Keys of an object at most: to make one of very many takes longer than many small ones. */
export const mostKeys = 10_000;
/** Different keys in all at most: objects that all have others take the parser longest. */
export const mostDifferentKeys = 20_000;

/** Place of a value: the keys and list positions that lead to it are told apart by depth and the first key alone. */
export interface NumberPlace {
  /** Key of the document that the value lies under. */
  readonly top: string;
  readonly key: string;
  /** Lists and objects that the value lies in. */
  readonly depth: number;
}

/**
 * Looks over JSON before it is parsed, once and byte by byte, and returns what is wrong with it: too many parts, keys or
 * levels, a key that an object has twice (readers disagree which of them counts), or a number at a place that
 * `wantsWhole` names which is spelled otherwise than in digits. Whether it is JSON at all is left to the parser.
 */
export function scanJson(bytes: Uint8Array, wantsWhole: (place: NumberPlace) => boolean): string | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  /** Keys of the objects that are open; undefined for a list. */
  const open: (Set<string> | undefined)[] = [];
  const different = new Set<string>();
  let parts = 0;
  let [top, key] = ['', ''];
  let keyIsNext = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === quote) {
      const end = endOfText(text, at);
      if (keyIsNext) {
        key = readKey(text, at, end);
        const keys = open.at(-1);
        if (keys?.has(key) === true) return `it has the key ${JSON.stringify(key.slice(0, 100))} twice in one object`;
        if (keys?.add(key).size === mostKeys + 1) return `an object has more than ${mostKeys} keys`;
        if (different.add(key).size > mostDifferentKeys) return `it has more than ${mostDifferentKeys} different keys`;
        if (open.length === 1) top = key;
        keyIsNext = false;
      }
      at = end;
    } else if (sign === comma) {
      parts += 1;
      keyIsNext = open.at(-1) !== undefined;
    } else if (sign === bracket || sign === brace) {
      parts += 1;
      open.push(sign === brace ? new Set() : undefined);
      keyIsNext = sign === brace;
      if (open.length > deepest) return `lists and objects lie more than ${deepest} deep in one another`;
    } else if (sign === bracketEnd || sign === braceEnd) {
      open.pop();
      keyIsNext = false;
    } else if ((sign === dot || sign === smallE || sign === largeE) && isNumberAt(text, at)) {
      if (wantsWhole({ top, key, depth: open.length })) return `${key} is not spelled as a whole number`;
    }
    if (parts > mostParts) return `it has more than ${mostParts} parts`;
  }
  return undefined;
}

/** Returns the place of the quote that ends a text, or the end of all where none does. */
function endOfText(text: Buffer, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== quote) at += text[at] === backslash ? 2 : 1;
  return at;
}

function readKey(text: Buffer, start: number, end: number): string {
  const inside = text.toString('utf8', start + 1, end);
  if (!inside.includes('\\')) return inside;
  try {
    return String(JSON.parse(`"${inside}"`));
  } catch {
    return inside; // No JSON: the parser says so.
  }
}

/** Returns true where a sign follows a digit: the e of `true` and `false` doesn't. */
function isNumberAt(text: Buffer, at: number): boolean {
  const before = text[at - 1] ?? 0;
  return before >= zero && before <= nine;
}

const [quote, backslash, comma, dot] = [0x22, 0x5c, 0x2c, 0x2e];
const [bracket, bracketEnd, brace, braceEnd] = [0x5b, 0x5d, 0x7b, 0x7d];
const [smallE, largeE, zero, nine] = [0x65, 0x45, 0x30, 0x39];
