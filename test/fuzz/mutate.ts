import { below, pick, type Random } from './chance.js';
import { mutators } from './mutate-bytes.js';
import { mutatedJson } from './mutate-json.js';
import type { Reader } from './reader.js';

/** Bytes of an input at most: what is longer is cut. */
const longestInput = 64 * 1024;

/** Breaks a sample of a reader in a few places, differently for each state of `random`. */
export function mutated({ seeds, words }: Pick<Reader, 'seeds' | 'words'>, random: Random): Buffer {
  const samples = seeds.map((seed) => Buffer.from(seed));
  let bytes: Buffer = pick(samples, random);
  for (let left = below(5, random); left >= 0; left -= 1) {
    const whole = random() < 0.5 ? mutatedJson(bytes, words, random) : undefined;
    bytes = whole ?? pick(mutators, random)({ bytes, samples, words, random });
  }
  return bytes.subarray(0, longestInput);
}
