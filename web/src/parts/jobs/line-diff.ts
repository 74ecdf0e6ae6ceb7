/** Line of a difference; `skip`: so many lines are the same. */
export type DiffLine =
  | { readonly kind: 'same' | 'add' | 'remove'; readonly text: string }
  | { readonly kind: 'skip'; readonly count: number };

/** Lines around a change that are shown. */
const around = 3;
/** Pairs of lines that are compared at most; where there are more, all is said to be other. */
const mostPairs = 1_000_000;

/** Compares two texts by their lines. */
export function lineDiff(before: string, after: string): DiffLine[] {
  const [old, now] = [linesOf(before), linesOf(after)];
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head += 1;
  let tail = 0;
  while (
    tail < old.length - head &&
    tail < now.length - head &&
    old[old.length - 1 - tail] === now[now.length - 1 - tail]
  )
    tail += 1;
  const same = (lines: readonly string[]) => lines.map((text): DiffLine => ({ kind: 'same', text }));
  return folded([
    ...same(old.slice(0, head)),
    ...middle(old.slice(head, old.length - tail), now.slice(head, now.length - tail)),
    ...same(old.slice(old.length - tail)),
  ]);
}

function linesOf(text: string): string[] {
  if (text === '') return [];
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}

/** Finds the longest lines that both have, in order. */
function middle(old: readonly string[], now: readonly string[]): DiffLine[] {
  const removed = (text: string): DiffLine => ({ kind: 'remove', text });
  const added = (text: string): DiffLine => ({ kind: 'add', text });
  if (old.length * now.length > mostPairs) return [...old.map(removed), ...now.map(added)];
  const width = now.length + 1;
  const common = new Uint32Array((old.length + 1) * width);
  const at = (row: number, column: number) => common[row * width + column] ?? 0;
  for (let row = old.length - 1; row >= 0; row -= 1) {
    for (let column = now.length - 1; column >= 0; column -= 1) {
      common[row * width + column] =
        old[row] === now[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const lines: DiffLine[] = [];
  let [row, column] = [0, 0];
  while (row < old.length || column < now.length) {
    const [left, right] = [old[row], now[column]];
    if (left !== undefined && left === right) {
      lines.push({ kind: 'same', text: left });
      row += 1;
      column += 1;
    } else if (left !== undefined && (right === undefined || at(row + 1, column) >= at(row, column + 1))) {
      lines.push(removed(left));
      row += 1;
    } else if (right !== undefined) {
      lines.push(added(right));
      column += 1;
    }
  }
  return lines;
}

/** Leaves out what is the same, but for the lines around changes. */
function folded(lines: readonly DiffLine[]): DiffLine[] {
  const isNear = lines.map(() => false);
  for (const [index, { kind }] of lines.entries()) {
    if (kind === 'same') continue;
    for (let near = Math.max(0, index - around); near <= Math.min(lines.length - 1, index + around); near += 1)
      isNear[near] = true;
  }
  const shown: DiffLine[] = [];
  let count = 0;
  for (const [index, line] of lines.entries()) {
    if (isNear[index] === true) {
      if (count > 0) shown.push({ kind: 'skip', count });
      count = 0;
      shown.push(line);
    } else count += 1;
  }
  if (count > 0) shown.push({ kind: 'skip', count });
  return shown;
}
