import { Lexer } from 'yaml';

/** Deepest nesting of lists and maps that is read; people write a dozen levels. */
export const deepestYaml = 256;

/**
 * Returns true when lists and maps are nested deeper than {@link deepestYaml}. Call it before the text is parsed: the
 * parser calls itself for each level, and where the stack ends in a regular expression, Node ends the process.
 */
export function isTooDeep(text: string): boolean {
  return mayBeDeep(text) && depthOf(text) > deepestYaml;
}

/** Looks quickly, and takes brackets and dashes within texts for nesting too. */
function mayBeDeep(text: string): boolean {
  let flow = 0;
  let indicators = 0;
  let indent = 0;
  let atStart = true;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charCodeAt(at);
    if (sign === lineFeed || sign === carriageReturn) {
      [indicators, indent, atStart] = [0, 0, true];
      continue;
    }
    if (sign === blank && atStart) indent += 1;
    else atStart = false;
    if (sign === bracket || sign === brace) flow += 1;
    else if (sign === bracketEnd || sign === braceEnd) flow = Math.max(0, flow - 1);
    else if (sign === dash || sign === mark || sign === colon) indicators += 1;
    if (flow > limit || indicators > limit || indent > limit) return true;
  }
  return false;
}

/** Limit for each of three ways to nest: all of them together stay below {@link deepestYaml}. */
const limit = Math.floor(deepestYaml / 3);

const [lineFeed, carriageReturn, blank] = [10, 13, 32];
const [bracket, bracketEnd, brace, braceEnd] = [0x5b, 0x5d, 0x7b, 0x7d];
const [dash, mark, colon] = [0x2d, 0x3f, 0x3a];

/**
 * Returns the levels at the deepest place, or more where a line has several keys. It reads token by token, without
 * calling itself.
 */
function depthOf(text: string): number {
  const indents: number[] = [];
  let flow = 0;
  let inLine = 0;
  let column = 0;
  let isText = false;
  let deepest = 0;
  for (const token of new Lexer().lex(text)) {
    if (isText) isText = false;
    else if (token === scalarFollows) isText = true;
    else if (token === '[' || token === '{') flow += 1;
    else if (token === ']' || token === '}') flow = Math.max(0, flow - 1);
    else if (token === '-' || token === '?' || token === ':') {
      if (flow > 0) continue; // Keys beside each other.
      if (inLine === 0) updateIndents(indents, column);
      inLine += 1;
    }
    if (/[\r\n]$/.test(token)) [inLine, column] = [0, 0];
    else if (/^[ \t]+$/.test(token) && inLine === 0) column = token.length;
    deepest = Math.max(deepest, flow + inLine + indents.length);
    if (deepest > deepestYaml) return deepest;
  }
  return deepest;
}

/** Token of the lexer before a plain or quoted text. */
const scalarFollows = '\x1f';

/** Removes the columns that a line ends, and adds its own. */
function updateIndents(indents: number[], column: number): void {
  while ((indents.at(-1) ?? -1) >= column) indents.pop();
  indents.push(column);
}
