/** Returns a number with its noun: `1 image`, `3 images`. The plural is the noun with an `s` unless it is given. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`;
}
