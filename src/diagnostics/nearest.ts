import { distance } from 'fastest-levenshtein';

/** The candidate that was most likely meant, or nothing when none is near enough to be worth a suggestion. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase();
  let best: string | undefined;
  let least = Math.min(wanted.length, Math.max(1, Math.floor(wanted.length * 0.4)) + 1);
  for (const candidate of candidates) {
    const far = apart(wanted, candidate.toLowerCase());
    if (far < least) {
      least = far;
      best = candidate;
    }
  }
  return best;
}

/** Edit distance in which letters that only changed places count once: `wbe` is near `web`. */
function apart(a: string, b: string): number {
  const sorted = (word: string) => [...word].sort().join('');
  return a !== b && sorted(a) === sorted(b) ? 1 : distance(a, b);
}
