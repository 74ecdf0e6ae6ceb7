import { createCipheriv, createHash } from 'node:crypto';

/** A number from 0 up to 1 that is the same for the same words, whatever was asked before: what is decided by it doesn't depend on the order of requests. */
export function chance(...words: readonly (string | number)[]): number {
  return createHash('sha256').update(words.join('\0')).digest().readUInt32BE(0) / 2 ** 32;
}

/** Numbers in a row from a seed. */
export class Seeded {
  #drawn = 0;

  constructor(readonly seed: string | number) {}

  /** From 0 up to 1. */
  next(): number {
    this.#drawn += 1;
    return chance(this.seed, this.#drawn);
  }

  /** A whole number, both ends possible. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.between(0, items.length - 1)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }
}

/** Bytes that look like noise, the same for the same seed. */
export function noise(seed: string | number, size: number): Buffer {
  return noiseStream(seed)(size);
}

/** Noise in pieces: each call goes on where the last one ended. */
export function noiseStream(seed: string | number): (size: number) => Buffer {
  const key = createHash('sha256').update(`noise ${seed}`).digest();
  const cipher = createCipheriv('aes-128-ctr', key.subarray(0, 16), key.subarray(16));
  return (size) => cipher.update(Buffer.alloc(size));
}
