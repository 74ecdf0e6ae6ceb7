import { isIP } from 'node:net';
import { isMap } from '../template/template-value.js';

/** Names of values that are secret, and short words in them, besides those that errors are careful with everywhere. */
const secretName =
  /pass|pwd|secret|token|credential|auth|salt|hash|private|cert|community|vault|api_?key|access_?key|(?:^|[_-])(?:pw|pin|key|otp|psk)\d*(?:$|[_-])/i;

/**
 * Returns the secrets in the value of a file that is encrypted as a whole. Such a file has more than secrets: hosts,
 * ports, names of accounts. A value counts where its key or a key above says so, or where it looks like a secret.
 */
export function secretsIn(value: unknown, isNamed = false): string[] {
  if (typeof value === 'string') return !value.includes('{{') && (isNamed || looksSecret(value)) ? [value] : [];
  if (typeof value === 'number') return isNamed || Math.abs(value) > largestPort ? [String(value)] : [];
  if (Array.isArray(value)) return value.flatMap((each) => secretsIn(each, isNamed));
  if (!isMap(value)) return [];
  return Object.entries(value).flatMap(([key, each]) => secretsIn(each, isNamed || secretName.test(key)));
}

const largestPort = 65_535;

/** Most characters of a plain name, and of one word in it. A generated text is longer, or mixes letters and digits. */
const longestName = 80;
const longestWord = 19;

function looksSecret(text: string): boolean {
  const parts = text.split(/[-_./:@,+ \n]+/);
  if (isIP(text.replace(/\/\d+$/, '')) !== 0) return false;
  return text.length > longestName || hasLogin.test(text) || !parts.every(isPlainWord);
}

/** Address with a password: `https://user:password@host`. */
const hasLogin = /\/\/[^/@]*:[^/@]*@/;

/** Tells a word, a number or both behind each other: `web`, `Europe`, `registry01`, `2026`, `v2`. */
function isPlainWord(word: string): boolean {
  return word.length <= longestWord && /^(?:[A-Z]?[a-z]*|[A-Z]*)\d{0,5}$/.test(word);
}
