/** Test that a name passes or fails. */
export type NameTest = (name: string) => boolean;

/** Part of a pattern: one given character, any number of any characters, or one character of a set. */
type Part = string | typeof anything | ((character: string) => boolean);

const anything: unique symbol = Symbol('*');
const anyOne = () => true;

/** Returns the test of a pattern of ssh_config(5): `*` and `?`, and no others; the whole name must match. */
export function starsTest(pattern: string): NameTest {
  return testOf(Array.from(pattern, starOr));
}

/** Returns the test of a shell's pattern as Python's fnmatch reads it: `*`, `?`, `[a-z]` and `[!a-z]`, `/` and `.` like any other character. */
export function shellTest(pattern: string): NameTest {
  const parts: Part[] = [];
  const characters = Array.from(pattern);
  for (let at = 0; at < characters.length; at++) {
    const set = characters[at] === '[' ? setAt(characters, at) : undefined;
    parts.push(set === undefined ? starOr(characters[at] ?? '') : set.holds);
    if (set !== undefined) at = set.end;
  }
  return testOf(parts);
}

/** Returns the test of texts that follow one another with anything between them. */
export function textsInOrderTest(texts: readonly string[]): NameTest {
  return testOf(texts.flatMap((text, index): Part[] => (index === 0 ? [...text] : [anything, ...text])));
}

function starOr(character: string): Part {
  if (character === '*') return anything;
  return character === '?' ? anyOne : character;
}

/**
 * Finds the set that opens at a place, and its end; undefined where it has no end. A `]` that comes first belongs to
 * the set.
 */
export function setAt(characters: readonly string[], open: number): { holds: NameTest; end: number } | undefined {
  const not = characters[open + 1] === '!';
  const first = open + (not ? 2 : 1);
  const end = characters.indexOf(']', first + 1);
  if (end < 0) return undefined;
  const ranges: (readonly [number, number])[] = [];
  for (let at = first; at < end; at++) {
    const from = codeOf(characters[at]);
    const isRange = characters[at + 1] === '-' && at + 2 < end;
    ranges.push([from, isRange ? codeOf(characters[at + 2]) : from]);
    if (isRange) at += 2;
  }
  const isIn = (code: number) => ranges.some(([from, to]) => code >= from && code <= to);
  return { holds: (character) => isIn(codeOf(character)) !== not, end };
}

function codeOf(character = ''): number {
  return character.codePointAt(0) ?? 0;
}

/** Tries a name from left to right; where a character doesn't fit, the last `*` takes one more, and none before it changes. */
function testOf(parts: readonly Part[]): NameTest {
  return (name) => {
    const characters = Array.from(name);
    let part = 0;
    let at = 0;
    let star = -1;
    let taken = 0;
    while (at < characters.length) {
      const wanted = parts[part];
      if (wanted === anything) {
        star = part++;
        taken = at;
      } else if (wanted !== undefined && isMet(wanted, characters[at] ?? '')) {
        part++;
        at++;
      } else if (star >= 0) {
        part = star + 1;
        at = ++taken;
      } else return false;
    }
    while (parts[part] === anything) part++;
    return part === parts.length;
  };
}

function isMet(part: Exclude<Part, typeof anything>, character: string): boolean {
  return typeof part === 'string' ? part === character : part(character);
}
