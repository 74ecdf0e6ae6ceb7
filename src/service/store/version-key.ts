/** Words that mark what comes before a version: `1.2-rc1` is lower than `1.2`, `1.2-alpine` is not. */
const before = new Set([
  'a',
  'alpha',
  'b',
  'beta',
  'm',
  'milestone',
  'c',
  'rc',
  'cr',
  'pre',
  'preview',
  'dev',
  'snapshot',
]);

/* Kinds of pieces, in their order behind the same beginning. */
const [early, end, word, number] = ['1', '2', '3', '4'];

/** Sign behind a word: it comes before all that a tag may hold. */
const stop = '!';

/**
 * Makes the text by whose bytes tags sort as versions: numbers by their value (`1.9` before `1.10`), pre-releases before their
 * version, a `v` in front says nothing. Tags that begin with no number come before all versions.
 */
export function versionKey(tag: string): string {
  const text = tag.toLowerCase().replace(/^v(?=\d)/, '');
  const pieces = text.match(/\d+|[a-z]+/g) ?? [];
  const isVersion = /^\d/.test(text);
  const keys = pieces.map((piece) => {
    if (/^\d/.test(piece)) return `${number}${numberKey(piece)}`;
    return `${isVersion && before.has(piece) ? early : word}${piece}${stop}`;
  });
  return `${isVersion ? '1' : '0'}${keys.join('')}${end}`;
}

/** Puts the count of digits before a number: more digits are a larger one. */
function numberKey(digits: string): string {
  const bare = digits.replace(/^0+(?=\d)/, '');
  return bare.length.toString(36).padStart(2, '0') + bare;
}
