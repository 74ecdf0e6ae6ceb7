import { type NameTest, setAt } from './wildcards.js';

/** Piece of a glob: one character, or a run of them. `folders` is a `**` before a slash, with it; `below` one at the end, with the slash before it. */
type Piece = ((character: string) => boolean) | 'star' | 'stars' | 'folders' | 'below';

/**
 * Returns the test of a glob on paths: `*` and `?` stay within a part of the path, `**` goes across parts, `[a-z]` and
 * `[!a-z]` are sets. Of globs in lists of images it leaves out `{…}` and `(…)`. The time is that of the lengths of glob and name, multiplied.
 */
export function pathGlobTest(glob: string): NameTest | { readonly problem: string } {
  if (glob === '') return { problem: 'an empty pattern matches nothing' };
  if (glob.length > longest) return { problem: `a pattern has at most ${longest} characters` };
  if (/[{}()]/.test(glob)) return { problem: '{…} and (…) cannot be used: write a pattern for each' };
  const pieces = piecesOf(glob);
  return (name) => name.length <= longest && matches(pieces, name);
}

const longest = 512;

function piecesOf(glob: string): Piece[] {
  const characters = Array.from(glob);
  const pieces: Piece[] = [];
  for (let at = 0; at < characters.length; at++) {
    const rest = characters.slice(at).join('');
    const set = characters[at] === '[' ? setAt(characters, at) : undefined;
    const isFirst = at === 0 || characters[at - 1] === '/';
    if (rest === '/**') {
      pieces.push('below');
      break;
    }
    if (isFirst && rest.startsWith('**/')) {
      pieces.push('folders');
      at += 2;
    } else if (isFirst && rest === '**') {
      pieces.push('stars');
      at += 1;
    } else if (set !== undefined) {
      pieces.push((character) => character !== '/' && set.holds(character));
      at = set.end;
    } else pieces.push(pieceOf(characters[at] ?? ''));
  }
  return pieces;
}

function pieceOf(character: string): Piece {
  if (character === '*') return 'star';
  return character === '?' ? (found) => found !== '/' : (found) => found === character;
}

function matches(pieces: readonly Piece[], name: string): boolean {
  const characters = Array.from(name);
  const failed = new Set<number>();
  const from = (piece: number, at: number): boolean => {
    if (piece === pieces.length) return at === characters.length;
    const key = piece * (characters.length + 1) + at;
    if (failed.has(key)) return false;
    if (step(piece, at)) return true;
    failed.add(key);
    return false;
  };
  const step = (place: number, at: number): boolean => {
    const piece = pieces[place];
    const character = characters[at];
    switch (piece) {
      case 'below':
        return character === undefined || character === '/';
      case 'star':
        return from(place + 1, at) || (character !== undefined && character !== '/' && from(place, at + 1));
      case 'stars':
        return true;
      case 'folders': {
        const slash = characters.indexOf('/', at);
        return from(place + 1, at) || (slash >= 0 && from(place, slash + 1));
      }
      default:
        return character !== undefined && piece?.(character) === true && from(place + 1, at + 1);
    }
  };
  return from(0, 0);
}
