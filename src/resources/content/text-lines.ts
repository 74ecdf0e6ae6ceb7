/** Line of a text, with the end that it has there: `\n`, `\r\n`, or none for the last one. */
export interface TextLine {
  readonly text: string;
  readonly end: string;
}

/** Splits a text into its lines; joined again they are the same text. */
export function linesOf(text: string): readonly TextLine[] {
  const lines: TextLine[] = [];
  for (let start = 0; start < text.length; ) {
    const found = text.indexOf('\n', start);
    const next = found < 0 ? text.length : found + 1;
    const end = found < 0 ? '' : found > start && text[found - 1] === '\r' ? '\r\n' : '\n';
    lines.push({ text: text.slice(start, next - end.length), end });
    start = next;
  }
  return lines;
}

/** Joins lines; one without an end that is no longer the last gets that of its neighbour. */
export function joinLines(lines: readonly TextLine[]): string {
  const last = lines.length - 1;
  return lines
    .map(({ text, end }, index) => text + (end === '' && index < last ? endBeside(lines, index) : end))
    .join('');
}

/** Joins lines as {@link joinLines} does, and ends the last one, too. */
export function joinEnded(lines: readonly TextLine[]): string {
  return joinLines(lines.map((line, index) => (line.end === '' ? { ...line, end: endBeside(lines, index) } : line)));
}

/**
 * Puts lines into others, in the place of so many that go. New lines end as the first that goes, else as the line
 * before them, else as the one behind. Lines that stay keep the ends that they have.
 */
export function spliceLines(
  lines: readonly TextLine[],
  start: number,
  gone: number,
  added: readonly string[],
): readonly TextLine[] {
  const replaced = lines.slice(start, start + gone);
  const end = replaced[0]?.end || endBeside(lines, start);
  const last = replaced.at(-1)?.end === '' ? '' : end;
  return lines.toSpliced(
    start,
    gone,
    ...added.map((text, index) => ({ text, end: index === added.length - 1 ? last : end })),
  );
}

/** Returns the end of the nearest line before a place that has one, else of the nearest behind it. */
function endBeside(lines: readonly TextLine[], index: number): string {
  const has = ({ end }: TextLine) => end !== '';
  return (lines.slice(0, index).findLast(has) ?? lines.slice(index).find(has))?.end ?? '\n';
}
