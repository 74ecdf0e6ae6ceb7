/** Brackets of a glob that are pairs, by their places. */
export interface Brackets {
  /** Place of the closing one by that of the opening one. */
  readonly opening: ReadonlyMap<number, number>;
  /** Place of the opening one by that of the closing one. */
  readonly closing: ReadonlyMap<number, number>;
  /** Commas in braces and bars in parentheses: they stand between alternatives. */
  readonly between: ReadonlySet<number>;
  /** Tells whether something of these is at a place. */
  isBoundary(place: number): boolean;
}

/** Finds the pairs of parentheses and of braces in a glob. Those that have no partner, and braces without a comma or range, mean themselves. */
export function bracketsOf(glob: string): Brackets {
  const opening = new Map<number, number>();
  const closing = new Map<number, number>();
  const between = new Set<number>();
  const open: { readonly at: number; readonly closedBy: string; readonly separators: number[] }[] = [];
  for (let at = 0; at < glob.length; at++) {
    const character = glob.charAt(at);
    const innermost = open.at(-1);
    if (character === '\\') at++;
    else if (character === '(' || character === '{') {
      open.push({ at, closedBy: character === '(' ? ')' : '}', separators: [] });
    } else if (innermost !== undefined && character === (innermost.closedBy === ')' ? '|' : ',')) {
      innermost.separators.push(at);
    } else if (character === ')' || character === '}') {
      const partner = open.findLastIndex(({ closedBy }) => closedBy === character);
      const [pair] = partner < 0 ? [] : open.splice(partner);
      if (pair === undefined || !isGroup(glob, pair.at, at, pair.separators)) continue;
      opening.set(pair.at, at);
      closing.set(at, pair.at);
      for (const separator of pair.separators) between.add(separator);
    }
  }
  return {
    opening,
    closing,
    between,
    isBoundary: (place) => opening.has(place) || closing.has(place) || between.has(place),
  };
}

function isGroup(glob: string, from: number, to: number, separators: readonly number[]): boolean {
  return glob.charAt(from) === '(' || separators.length > 0 || /^\w+\.\.\w+$/.test(glob.slice(from + 1, to));
}
