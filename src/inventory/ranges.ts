/** Names that one entry may stand for. More are a slip of the keyboard, and would fill the memory. */
const most = 100_000;

/**
 * The names that a host entry with ranges stands for: `node[01:20]`, `[a:f]`, `[1:9:2]`, several in one name. Ends are
 * included; a leading zero keeps the width, as in Ansible.
 *
 * @throws RangeError saying what is wrong with a range
 */
export function expandRanges(name: string): string[] {
  const match = /^(.*?)\[([^\]]*)\](.*)$/s.exec(name);
  if (match === null) {
    if (/[[\]]/.test(name)) throw new RangeError('a bracket without its other one');
    return [name];
  }
  const [, head = '', range = '', tail = ''] = match;
  const [parts, tails] = [expandRange(range), expandRanges(tail)];
  if (parts.length * tails.length > most) throw tooMany();
  return parts.flatMap((part) => tails.map((rest) => `${head}${part}${rest}`));
}

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

function expandRange(range: string): string[] {
  const [begin = '', end = '', stepText = '1', ...rest] = range.split(':');
  const step = Number(stepText);
  if (end === '' || rest.length > 0) throw new RangeError(`a range is [begin:end] or [begin:end:step], not [${range}]`);
  if (!Number.isInteger(step) || step < 1) throw new RangeError(`the step of [${range}] must be a whole number from 1`);
  if (/^\d*$/.test(begin) && /^\d+$/.test(end)) return numbers(begin === '' ? '0' : begin, end, step, range);
  const first = letters.indexOf(begin);
  const last = letters.indexOf(end);
  if (begin.length !== 1 || end.length !== 1 || first < 0 || last < 0) {
    throw new RangeError(`[${range}] needs two numbers or two letters`);
  }
  if (first > last) throw new RangeError(`[${range}] begins after its end`);
  return [...letters.slice(first, last + 1)].filter((_, index) => index % step === 0);
}

function numbers(begin: string, end: string, step: number, range: string): string[] {
  const width = begin.length > 1 && begin.startsWith('0') ? begin.length : 0;
  if (width > 0 && end.length !== width)
    throw new RangeError(`[${range}]: with a leading zero both ends must be equally wide`);
  if (Number(begin) > Number(end)) throw new RangeError(`[${range}] begins after its end`);
  if ((Number(end) - Number(begin)) / step >= most || !Number.isSafeInteger(Number(end))) throw tooMany();
  const result: string[] = [];
  for (let number = Number(begin); number <= Number(end); number += step)
    result.push(String(number).padStart(width, '0'));
  return result;
}

function tooMany(): RangeError {
  return new RangeError(`one entry stands for at most ${most} hosts`);
}
