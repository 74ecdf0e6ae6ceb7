/** Part of a Markdown text that can be rendered by itself. */
export type MarkdownPiece =
  | { readonly kind: 'text'; readonly text: string }
  /** Code between fences. */
  | { readonly kind: 'code'; readonly language: string; readonly text: string };

/** Characters and lines of a piece from which on it ends at the next empty line, and at the next entry of a list. */
const enough = { characters: 1500, lines: 60 };
const plenty = { characters: 3000, lines: 120 };

/**
 * Cuts a text where one block certainly ends and another begins: before and behind code between fences at the beginning of a line,
 * and in a long text at lines behind an empty one that are not indented.
 */
export function piecesOf(source: string): MarkdownPiece[] {
  const pieces: MarkdownPiece[] = [];
  let lines: string[] = [];
  let length = 0;
  const end = () => {
    if (lines.some((line) => line.trim() !== '')) pieces.push({ kind: 'text', text: lines.join('\n') });
    lines = [];
    length = 0;
  };
  const has = ({ characters, lines: count }: typeof enough) => length >= characters || lines.length >= count;
  const all = source.split(/\r\n|\n|\r/);
  for (let at = 0; at < all.length; at += 1) {
    const line = all[at] ?? '';
    const fence = /^(?:(`{3,})([^`]*)|(~{3,})(.*))$/.exec(line);
    if (fence !== null) {
      end();
      const [, ticks, info, waves, other] = fence;
      const closes = closing(ticks ?? waves ?? '');
      const from = at + 1;
      for (at = from; at < all.length && !closes(all[at] ?? ''); ) at += 1;
      const language = (info ?? other ?? '').trim().split(/\s/)[0] ?? '';
      pieces.push({ kind: 'code', language, text: all.slice(from, at).join('\n') });
      continue;
    }
    const isEntry = /^(?:[-+*]|\d{1,9}[.)])[ \t]/.test(line);
    const isBehindEmpty = lines.at(-1)?.trim() === '' && /^[^ \t]/.test(line);
    if ((isBehindEmpty && !isEntry && has(enough)) || ((isBehindEmpty || isEntry) && has(plenty))) end();
    lines.push(line);
    length += line.length + 1;
  }
  end();
  return pieces;
}

/** Makes the test for the line that ends code: a fence of the same sign that is not shorter. */
function closing(fence: string): (line: string) => boolean {
  const sign = fence[0] ?? '';
  return (line) => {
    const text = line.replace(/^ {0,3}/, '').trimEnd();
    return text.length >= fence.length && [...text].every((each) => each === sign);
  };
}
