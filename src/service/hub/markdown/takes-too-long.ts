/** Limits of a piece that is rendered: beyond them the time would grow with the square of its length, or faster. */
const most = {
  characters: 8000,
  lines: 200,
  /** Lists and quotations in each other that one line opens. */
  nested: 6,
  /** Signs of emphasis and links, whose partners are looked for. */
  signs: 1000,
};

const nested = /^(?:[ \t]*(?:>|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t]))){7}/m;

/** Returns true for a piece of Markdown that would take too long to render. */
export function takesTooLong(piece: string): boolean {
  if (piece.length > most.characters || nested.test(piece)) return true;
  let [signs, lines, former] = [0, 1, ''];
  for (const sign of piece) {
    if (sign === '\n') lines += 1;
    if ('*_~'.includes(sign) ? sign !== former : '[]'.includes(sign)) signs += 1;
    former = sign;
  }
  return signs > most.signs || lines > most.lines;
}
