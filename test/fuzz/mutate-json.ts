import { below, pick, type Random, word } from './chance.js';
import { hostileValues } from './hostile-words.js';
import { textMutators } from './mutate-bytes.js';

/** A value somewhere in JSON is replaced, taken out, doubled or renamed; JSON within texts of it too. Undefined: it is none. */
export function mutatedJson(bytes: Buffer, words: readonly string[], random: Random): Buffer | undefined {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
  return Buffer.from(JSON.stringify(changed(value, words, random)) ?? 'null');
}

function changed(value: unknown, words: readonly string[], random: Random): unknown {
  if (Array.isArray(value) && value.length > 0 && random() < 0.85) {
    const at = below(value.length, random);
    const roll = random();
    if (roll < 0.08) return value.toSpliced(at, 1);
    if (roll < 0.16) return value.toSpliced(at, 0, value[at]);
    if (roll < 0.2) return Array.from({ length: 300 }, () => value[at]);
    return value.with(at, changed(value[at], words, random));
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && random() < 0.9) {
    const entries = Object.entries(value);
    if (entries.length === 0) return { [word(words, random)]: pick(hostileValues, random) };
    const [key, inner] = pick(entries, random);
    const roll = random();
    if (roll < 0.08) return Object.fromEntries(entries.filter(([name]) => name !== key));
    if (roll < 0.14)
      return Object.fromEntries(entries.map(([name, each]) => [name === key ? word(words, random) : name, each]));
    if (roll < 0.2) return { ...value, [word(words, random)]: inner };
    return Object.fromEntries(
      entries.map(([name, each]) => [name, name === key ? changed(inner, words, random) : each]),
    );
  }
  if (typeof value === 'string' && random() < 0.7) {
    const text = Buffer.from(value);
    const within = value.length > 1 ? mutatedJson(text, words, random) : undefined;
    return within?.toString('utf8') ?? mutatedText(text, words, random);
  }
  return random() < 0.5 ? pick(hostileValues, random) : word(words, random);
}

function mutatedText(bytes: Buffer, words: readonly string[], random: Random): string {
  const mutate = pick(textMutators, random);
  return mutate({ bytes, samples: [bytes], words, random }).toString('utf8');
}
