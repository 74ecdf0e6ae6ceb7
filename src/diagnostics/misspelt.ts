/** Most errors that a misspelt name has. */
const mostErrors = 2;

/** Shortest name of which a wrong letter makes no other word. */
const long = 6;

/**
 * Returns the candidate that a name surely is, misspelt: another number of it, letters that changed places, or one or two
 * letters too many, missing or wrong. Words that are near and mean something else (`host`, `port`) are not misspelt.
 */
export function misspeltOf(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = mostErrors + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) > mostErrors + 1 || candidate === name) continue;
    const far = errorsBetween(name, candidate);
    if (far < least) {
      least = far;
      best = candidate;
    }
  }
  return best;
}

/** Returns the number of errors that make one name of the other; infinity where they are two names. */
function errorsBetween(name: string, candidate: string): number {
  const [written, meant] = [name.toLowerCase(), candidate.toLowerCase()];
  if (written === meant) return 0;
  // A list of hosts is not a misspelt host; registry_ports is hardly a list beside registry_port.
  if (singular(written) === singular(meant)) return meant.includes('_') ? 1 : Number.POSITIVE_INFINITY;
  const [one, other] = differingParts(written, meant);
  const errors = editsBetween(one, other);
  const isTransposed = errors === 1 && one.length === 2 && other.length === 2;
  if (one === '' || other === '' || isTransposed) return errors;
  if (meant.length < long) return Number.POSITIVE_INFINITY;
  return errors === 1 || Math.max(one.length, other.length) >= 2 * errors ? errors : Number.POSITIVE_INFINITY;
}

function singular(word: string): string {
  return word.replace(/ies$/, 'y').replace(/s$/, '');
}

/** Returns what is left of two words without the beginning and end that they share. */
function differingParts(one: string, other: string): readonly [string, string] {
  const shortest = Math.min(one.length, other.length);
  let start = 0;
  while (start < shortest && one[start] === other[start]) start += 1;
  let end = 0;
  while (end < shortest - start && one[one.length - 1 - end] === other[other.length - 1 - end]) end += 1;
  return [one.slice(start, one.length - end), other.slice(start, other.length - end)];
}

/** Returns the edit distance, in which two neighbours that changed places are one edit (optimal string alignment). */
function editsBetween(one: string, other: string): number {
  let before: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let row = 1; row <= one.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const wrong = one[row - 1] === other[column - 1] ? 0 : 1;
      const edits = [cell(last, column) + 1, cell(next, column - 1) + 1, cell(last, column - 1) + wrong];
      if (row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1])
        edits.push(cell(before, column - 2) + 1);
      next.push(Math.min(...edits));
    }
    [before, last] = [last, next];
  }
  return cell(last, other.length);
}

function cell(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
