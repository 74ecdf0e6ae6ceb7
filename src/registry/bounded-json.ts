/** Lists, objects and commas of a document: a manifest of 10,000 layers has some 130,000. */
export const mostJsonParts = 200_000;
/** Lists and objects in each other. */
const deepest = 200;

/**
 * Reads JSON that others wrote. What is small as text may be large as values: sixteen megabytes of `[],[],` are millions of lists.
 * @throws Error when it is no JSON, or has too many parts or levels
 */
export function parseBoundedJson(text: string, most = mostJsonParts): unknown {
  let parts = 0;
  let depth = 0;
  let inText = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charCodeAt(at);
    if (inText) {
      if (sign === backslash) at += 1;
      else if (sign === quote) inText = false;
    } else if (sign === quote) inText = true;
    else if (sign === comma) parts += 1;
    else if (sign === bracket || sign === brace) {
      parts += 1;
      depth += 1;
      if (depth > deepest) throw new Error(`lists and objects lie more than ${deepest} deep in one another`);
    } else if (sign === bracketEnd || sign === braceEnd) depth -= 1;
    if (parts > most) throw new Error(`it has more than ${most} parts`);
  }
  return JSON.parse(text);
}

/** Reads JSON as {@link parseBoundedJson} does; returns undefined for any error, which the caller's schema then refuses. */
export function tryBoundedJson(text: string, most = mostJsonParts): unknown {
  try {
    return parseBoundedJson(text, most);
  } catch {
    return undefined;
  }
}

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];
const [bracket, bracketEnd, brace, braceEnd] = [0x5b, 0x5d, 0x7b, 0x7d];
