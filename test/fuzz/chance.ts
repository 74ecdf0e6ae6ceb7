import { hostileWords } from './hostile-words.js';

/** Numbers between 0 and 1. */
export type Random = () => number;

/** A whole number from 0 up to, and without, `end`. */
export function below(end: number, random: Random): number {
  return Math.floor(random() * end);
}

/** One of some. */
export function pick<Item>(items: readonly Item[], random: Random): Item {
  const item = items[below(items.length, random)];
  if (item === undefined) throw new Error('there is nothing to choose from');
  return item;
}

/** Of the format mostly, else hostile. */
export function word(words: readonly string[], random: Random): string {
  return pick(random() < 0.5 && words.length > 0 ? words : hostileWords, random);
}
