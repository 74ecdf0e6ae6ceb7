import { TemplateError } from './template-error.js';
import { isMap } from './template-value.js';

/** Most letters of a text that is rendered, and of a value with all that is in it. */
export const largestValue = 64 * 1024 * 1024;

/** Letters that each part of a list or map counts for, as it is walked over again and again. */
const perPart = 16;

/** Most lists and maps in one another. */
const deepestValue = 1000;

/** Most times that the blocks of a template go round. */
const mostRounds = 1_000_000;

/** Size of a value as it would be written out: what is in it twice counts twice. */
interface Size {
  readonly weight: number;
  readonly depth: number;
}

const sizes = new WeakMap<object, Size>();

/**
 * Returns a value that may be used. A few variables of ten times each other fill a machine's memory when they are written
 * out, and are small until then.
 *
 * @throws TemplateError where it is too large or too deep
 */
export function refuseTooLarge<Value>(value: Value): Value {
  const { weight, depth } = sizeOf(value);
  if (weight > largestValue) throw tooLarge();
  if (depth > deepestValue)
    throw new TemplateError(`a value has at most ${deepestValue} lists and maps in one another`);
  return value;
}

function sizeOf(value: unknown): Size {
  if (typeof value === 'string') return { weight: value.length, depth: 0 };
  if (typeof value !== 'object' || value === null) return { weight: 1, depth: 0 };
  const isList = Array.isArray(value);
  if (!isList && !isMap(value)) return { weight: 1, depth: 0 };
  const known = sizes.get(value);
  if (known !== undefined) return known;
  let weight = 1;
  let depth = 0;
  const add = (part: unknown) => {
    const size = sizeOf(part);
    weight += perPart + size.weight;
    depth = Math.max(depth, size.depth);
  };
  if (isList) for (const part of value) add(part);
  else
    for (const [key, part] of Object.entries(value)) {
      weight += key.length;
      add(part);
    }
  const size = { weight, depth: depth + 1 };
  sizes.set(value, size);
  return size;
}

/** Count of what one rendering makes, kept while it is made. */
export class RenderedSize {
  #letters = 0;
  #rounds = 0;

  /** @throws TemplateError */
  addText(text: string): string {
    this.#letters += text.length;
    if (this.#letters > largestValue) throw tooLarge();
    return text;
  }

  /** @throws TemplateError */
  addRound(): void {
    this.#rounds += 1;
    if (this.#rounds > mostRounds)
      throw new TemplateError(`the blocks of a template go round at most ${mostRounds} times`);
  }
}

/** Says that a value would be too large. */
export function tooLarge(): TemplateError {
  const hint = 'make it of less, or write it in parts';
  const most = `${largestValue / 1024 / 1024} MiB of text, or ${largestValue / perPart / 1024 / 1024} million parts`;
  return new TemplateError(`a value that is made by templates has at most ${most}`, { hint });
}
