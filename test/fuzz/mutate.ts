import { hostileValues, hostileWords } from './hostile-words.js';
import type { Reader } from './reader.js';

/** Numbers between 0 and 1. */
type Random = () => number;

/** Bytes of an input at most: what is longer is cut. */
export const longestInput = 64 * 1024;

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

interface Part {
  readonly bytes: Buffer;
  readonly samples: readonly Buffer[];
  readonly words: readonly string[];
  readonly random: Random;
}

const mutators: readonly ((part: Part) => Buffer)[] = [
  flipBits,
  splice,
  takeOut,
  repeat,
  swap,
  putIn,
  putIn,
  nest,
  number,
];

function flipBits({ bytes, random }: Part): Buffer {
  const flipped = Buffer.from(bytes);
  for (let left = below(4, random); left >= 0; left -= 1) {
    const at = below(flipped.length, random);
    if (at < flipped.length) flipped[at] = (flipped[at] ?? 0) ^ (1 << below(8, random));
  }
  return flipped;
}

function splice({ bytes, samples, random }: Part): Buffer {
  const other = pick(samples, random);
  return Buffer.concat([bytes.subarray(0, edge(bytes, random)), other.subarray(edge(other, random))]);
}

function takeOut({ bytes, random }: Part): Buffer {
  const [from, to] = chunk(bytes, random);
  return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
}

function repeat({ bytes, random }: Part): Buffer {
  const [from, to] = chunk(bytes, random);
  const times = random() < 0.1 ? 200 : 1 + below(3, random);
  const piece = bytes.subarray(from, to);
  return Buffer.concat([bytes.subarray(0, to), ...Array.from({ length: times }, () => piece), bytes.subarray(to)]);
}

function swap({ bytes, random }: Part): Buffer {
  const [from, to] = chunk(bytes, random);
  const piece = bytes.subarray(from, to);
  const rest = Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  const at = edge(rest, random);
  return Buffer.concat([rest.subarray(0, at), piece, rest.subarray(at)]);
}

function putIn({ bytes, words, random }: Part): Buffer {
  const at = edge(bytes, random);
  const over = random() < 0.5 ? at : Math.min(bytes.length, at + below(12, random));
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(word(words, random)), bytes.subarray(over)]);
}

function nest({ bytes, random }: Part): Buffer {
  const [open = '', close = ''] = pick(brackets, random);
  const deep = pick([3, 60, 3000], random);
  const at = edge(bytes, random);
  const inner = random() < 0.5 ? '' : close.repeat(deep);
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(open.repeat(deep) + inner), bytes.subarray(at)]);
}

function number({ bytes, random }: Part): Buffer {
  const text = bytes.toString('latin1');
  const numbers = [...text.matchAll(/\d+/g)];
  if (numbers.length === 0) return bytes;
  const { 0: digits, index } = pick(numbers, random);
  const other = pick(['0', '-1', '4294967296', '9007199254740993', '9'.repeat(40), `${digits}0`, '1.5'], random);
  return Buffer.from(text.slice(0, index) + other + text.slice(index + digits.length), 'latin1');
}

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
  const mutate = pick([flipBits, takeOut, repeat, putIn, putIn, number], random);
  return mutate({ bytes, samples: [bytes], words, random }).toString('utf8');
}

const brackets = [
  ['[', ']'],
  ['{"a":', '}'],
  ['{', '}'],
  ['(', ')'],
  ['{{', '}}'],
  ['- ', ''],
  ['"', '"'],
  ['  ', ''],
] as const;

/** Of the format mostly, else hostile. */
function word(words: readonly string[], random: Random): string {
  return pick(random() < 0.5 && words.length > 0 ? words : hostileWords, random);
}

/** Anywhere, but the ends of words and lines more often. */
function edge(bytes: Buffer, random: Random): number {
  const at = below(bytes.length + 1, random);
  if (random() < 0.4) return at;
  for (let next = at; next < Math.min(bytes.length, at + 40); next += 1) {
    if (!/\w/.test(String.fromCharCode(bytes[next] ?? 0))) return next;
  }
  return at;
}

function chunk(bytes: Buffer, random: Random): [from: number, to: number] {
  const from = edge(bytes, random);
  return [from, Math.min(bytes.length, from + below(pick([4, 40, 600], random), random) + 1)];
}

function below(end: number, random: Random): number {
  return Math.floor(random() * end);
}

function pick<Item>(items: readonly Item[], random: Random): Item {
  const item = items[below(items.length, random)];
  if (item === undefined) throw new Error('there is nothing to choose from');
  return item;
}
