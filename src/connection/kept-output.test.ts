import { expect, it } from 'vitest';
import { KeptOutput } from './kept-output.js';

function kept(most: number, chunks: readonly string[]): KeptOutput {
  const output = new KeptOutput(most);
  for (const chunk of chunks) output.add(Buffer.from(chunk));
  return output;
}

it('keeps all of what fits, however it comes', () => {
  expect(kept(10, []).text()).toBe('');
  expect(kept(10, ['abc', '', 'd', 'efghij']).text()).toBe('abcdefghij');
  expect(kept(3, ['ab', 'c'])).toMatchObject({ length: 3, leftOut: 0 });
});

it('keeps the beginning and the end of what does not, and says how much is missing', () => {
  const text = Array.from({ length: 100 }, (_, index) => String.fromCharCode(33 + (index % 90))).join('');
  for (const most of [2, 3, 10, 11, 99]) {
    const head = Math.ceil(most / 2);
    const expected = `${text.slice(0, head)}\n… ${100 - most} bytes left out …\n${text.slice(100 - most + head)}`;
    for (const size of [1, 7, 10, 64, 100]) {
      const chunks = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
      expect(kept(most, chunks).text()).toBe(expected);
    }
  }
});
