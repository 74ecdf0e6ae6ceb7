/** Characters of a wrong name that are shown. */
const mostShown = 80;

/** Quotes a name for a message: no control characters, and not at any length. */
export function quoteName(name: unknown): string {
  const text = JSON.stringify(name) ?? 'nothing';
  return text.length > mostShown ? `${text.slice(0, mostShown)}…` : text;
}

/** Names of a listing, with those apart that the specification doesn't allow. */
export interface SiftedNames {
  readonly names: readonly string[];
  readonly wrong: readonly unknown[];
}

/** Keeps the names that are right. */
export function siftNames(listed: readonly unknown[], isRight: (name: string) => boolean): SiftedNames {
  const names: string[] = [];
  const wrong: unknown[] = [];
  for (const name of listed) {
    if (typeof name === 'string' && isRight(name)) names.push(name);
    else wrong.push(name);
  }
  return { names, wrong };
}

/** Says which names are left out: how many, and the first three of them. @param of `of the tags of team/web at registry:5000` */
export function wrongNamesText(wrong: readonly unknown[], of: string): string {
  const shown = wrong.slice(0, 3).map(quoteName).join(', ');
  const more = wrong.length > 3 ? ` and ${wrong.length - 3} more` : '';
  return `${wrong.length} ${of} ${wrong.length === 1 ? 'is' : 'are'} left out, as the specification allows no such name: ${shown}${more}`;
}
