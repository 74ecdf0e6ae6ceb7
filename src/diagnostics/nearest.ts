import { distance } from 'fastest-levenshtein';

/** Longest word that is compared, in characters: a longer one is not a misspelt name. */
const longest = 100;

/**
 * Number of candidates that a word is compared with: an inventory may have very many hosts, and a list very many
 * errors.
 */
const mostCandidates = 1000;

/** Returns the candidate that was most likely meant, or nothing when none is near enough to be worth a suggestion. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > longest) return undefined;
  const wanted = word.toLowerCase();
  let best: string | undefined;
  let least = Math.min(wanted.length, Math.max(1, Math.floor(wanted.length * 0.4)) + 1);
  let compared = 0;
  for (const candidate of candidates) {
    if (++compared > mostCandidates) break;
    if (Math.abs(candidate.length - wanted.length) >= least) continue;
    const far = distanceOf(wanted, candidate.toLowerCase());
    if (far < least) {
      least = far;
      best = candidate;
    }
  }
  return best;
}

/** Returns the edit distance, in which letters that only changed places count once: `wbe` is near `web`. */
function distanceOf(a: string, b: string): number {
  const sorted = (word: string) => [...word].sort().join('');
  return a.length === b.length && a !== b && sorted(a) === sorted(b) ? 1 : distance(a, b);
}
