import { below, pick, type Random, word } from './chance.js';

/** Bytes to be broken, and what they may be broken with. */
export interface Part {
  readonly bytes: Buffer;
  readonly samples: readonly Buffer[];
  readonly words: readonly string[];
  readonly random: Random;
}

/** Ways to break bytes of any format. */
export const mutators: readonly ((part: Part) => Buffer)[] = [
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

/** Those that leave a short text a text. */
export const textMutators = [flipBits, takeOut, repeat, putIn, putIn, number] as const;

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
