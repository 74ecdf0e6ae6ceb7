/**
 * Returns the names that a host entry with ranges stands for: `node[01:20]`, `[a:f]`, `[1:9:2]`, several in one name.
 * Ends are included; a leading zero keeps the width, as in Ansible.
 *
 * @param most names that it may stand for
 * @throws RangeError saying what is wrong with a range
 */
export function expandRanges(name: string, most = mostNames): string[] {
  if (name.length > longestName) throw new RangeError(`a name has at most ${longestName} characters`);
  const [head = '', ...rest] = name.split('[');
  let names = [head];
  for (const part of rest) {
    const end = part.indexOf(']');
    if (end < 0) throw new RangeError(unpaired);
    const ends = expandRange(part.slice(0, end), most).map((each) => each + part.slice(end + 1));
    if (names.length * ends.length > most) throw tooMany(most);
    names = names.flatMap((begin) => ends.map((each) => begin + each));
    if (part.includes(']', end + 1)) throw new RangeError(unpaired);
  }
  if (head.includes(']')) throw new RangeError(unpaired);
  return names;
}

/** Most hosts that the ranges of an inventory may stand for. */
export const mostNames = 100_000;

/** Longest name of a host with its ranges, in characters; a name in DNS has 253. */
const longestName = 1000;

const unpaired = 'a bracket without its other one';

function tooMany(most: number): RangeError {
  const others = most < mostNames ? 'with the ranges before it ' : '';
  return new RangeError(`${others}it stands for more than ${mostNames} hosts`);
}

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

function expandRange(range: string, most: number): string[] {
  const [begin = '', end = '', stepText = '1', ...rest] = range.split(':');
  const step = Number(stepText);
  if (end === '' || rest.length > 0) throw new RangeError(`a range is [begin:end] or [begin:end:step], not [${range}]`);
  if (!Number.isInteger(step) || step < 1) throw new RangeError(`the step of [${range}] must be a whole number from 1`);
  if (/^\d*$/.test(begin) && /^\d+$/.test(end)) return numbers(begin === '' ? '0' : begin, end, { step, range, most });
  const first = letters.indexOf(begin);
  const last = letters.indexOf(end);
  if (begin.length !== 1 || end.length !== 1 || first < 0 || last < 0) {
    throw new RangeError(`[${range}] needs two numbers or two letters`);
  }
  if (first > last) throw new RangeError(`[${range}] begins after its end`);
  return [...letters.slice(first, last + 1)].filter((_, index) => index % step === 0);
}

interface Range {
  readonly range: string;
  readonly step: number;
  readonly most: number;
}

function numbers(begin: string, end: string, { range, step, most }: Range): string[] {
  const width = begin.length > 1 && begin.startsWith('0') ? begin.length : 0;
  if (width > 0 && end.length !== width)
    throw new RangeError(`[${range}]: with a leading zero both ends must be equally wide`);
  if (![begin, end].every((each) => Number.isSafeInteger(Number(each))))
    throw new RangeError(`[${range}] is too large`);
  if (Number(begin) > Number(end)) throw new RangeError(`[${range}] begins after its end`);
  if ((Number(end) - Number(begin)) / step >= most) throw tooMany(most);
  const result: string[] = [];
  for (let number = Number(begin); number <= Number(end); number += step)
    result.push(String(number).padStart(width, '0'));
  return result;
}
