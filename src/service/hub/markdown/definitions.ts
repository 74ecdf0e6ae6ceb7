/** Definitions of links that a text has at most. */
const most = 200;

/** Addresses of links that stand apart from them: `[label]: https://example.com`, by label. */
export type LinkDefinitions = ReadonlyMap<string, string>;

/** Finds the definitions of a text: those of a label first, as CommonMark has it. */
export function linkDefinitions(text: string): LinkDefinitions {
  const found = new Map<string, string>();
  for (const [line, label = ''] of text.matchAll(/^ {0,3}\[([^[\]\n]{1,200})\]:[ \t]*\S[^\n]*$/gm)) {
    if (found.size >= most) break;
    if (!found.has(normalized(label))) found.set(normalized(label), line);
  }
  return found;
}

/** Returns a piece of a text with the definitions that its links need, and that stand elsewhere. */
export function withDefinitions(piece: string, definitions: LinkDefinitions): string {
  if (definitions.size === 0) return piece;
  const used = new Set([...piece.matchAll(/\[([^[\]]{1,200})\](?!:)/g)].map(([, label = '']) => normalized(label)));
  const lines = [...used].flatMap((label) => definitions.get(label) ?? []);
  return lines.length === 0 ? piece : `${piece}\n\n${lines.join('\n')}\n`;
}

function normalized(label: string): string {
  return label.trim().replaceAll(/\s+/g, ' ').toLowerCase();
}
