type ReadSet = { readonly source: string; readonly end: number } | { readonly problem: string };

const namedSet = /^\[:(?:alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit):\]/;

/**
 * Translates the set that opens at a place of a glob, `[a-z]` or `[!a-z]`, with a `+` after it; undefined where it has no
 * end. A `]` that comes first is of the set. A negated set never matches a `/`.
 */
export function globSet(glob: string, open: number): ReadSet | undefined {
  const not = /[!^]/.test(glob.charAt(open + 1));
  const first = open + (not ? 2 : 1);
  let source = '';
  for (let at = first; at < glob.length; ) {
    if (glob.charAt(at) === ']' && at > first) {
      const repeats = /^\+(?!\()/.exec(glob.slice(at + 1, at + 3))?.[0] ?? '';
      return { source: `[${not ? '^/' : ''}${source}]${repeats}`, end: at + 1 + repeats.length };
    }
    const name = namedSet.exec(glob.slice(at, at + 11))?.[0];
    if (name !== undefined) {
      source += name;
      at += name.length;
      continue;
    }
    const from = characterAt(glob, at);
    const to = glob.charAt(from.end) === '-' ? characterAt(glob, from.end + 1) : undefined;
    if (to === undefined || to.end > glob.length || (to.character === ']' && to.end === from.end + 2)) {
      source += escapeCharacter(from.character);
      at = from.end;
      continue;
    }
    if (from.character > to.character) {
      return { problem: `the range ${from.character}-${to.character} runs backwards` };
    }
    source += `${escapeCharacter(from.character)}-${escapeCharacter(to.character)}`;
    at = to.end;
  }
  return undefined;
}

/** Returns the character at a place, of `\]` the second. */
function characterAt(glob: string, at: number): { readonly character: string; readonly end: number } {
  const isEscaped = glob.charAt(at) === '\\' && at + 1 < glob.length;
  const place = isEscaped ? at + 1 : at;
  const character = String.fromCodePoint(glob.codePointAt(place) ?? 0);
  return { character, end: place + character.length };
}

function escapeCharacter(character: string): string {
  return `\\x{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
