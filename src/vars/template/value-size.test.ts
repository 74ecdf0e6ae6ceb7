import { expect, test } from 'vitest';
import { renderText, renderValue } from './template.js';
import { refuseTooLarge } from './value-size.js';

const ten = (text: string) => text.repeat(10);

/** `v0` and ten times that, and ten times that: each variable is made of the one before. */
function variables(count: number, first: unknown, next: (name: string) => unknown): Record<string, unknown> {
  const made: Record<string, unknown> = { v0: first };
  for (let index = 1; index < count; index += 1) made[`v${index}`] = next(`{{v${index - 1}}}`);
  return made;
}

test('a few variables of ten times each other do not fill the memory', () => {
  const texts = variables(9, ten('a'), ten);
  expect(() => renderValue('{{v8}}', texts)).toThrow(/has at most 64 MiB of text, or 4 million parts/);
  const lists = variables(9, [1], (name) => Array.from({ length: 10 }, () => name));
  expect(() => renderValue('{{length v8}}', lists)).toThrow(/has at most 64 MiB of text, or 4 million parts/);
  expect(renderValue('{{length v5}}', lists)).toBe(10);
});

test('a block in a block in a block comes to an end', () => {
  const scope = { list: Array.from({ length: 3000 }, () => 'x') };
  const within = (inside: string) => `{{#each @root.list}}${inside}{{/each}}`;
  expect(() => renderValue(within(within(within(''))), scope)).toThrow(/go round at most 1000000 times/);
  const long = { ...scope, text: 'x'.repeat(100_000) };
  expect(() => renderText(within('{{@root.text}}'), long)).toThrow(/has at most 64 MiB/);
});

test('a function makes no more than its value may have', () => {
  const scope = { text: 'a'.repeat(100_000), list: Array.from({ length: 100_000 }, () => 'a') };
  for (const expression of ['replace text "a" text', 'replace text "" text', 'join list text', 'json (split text "")'])
    expect(() => renderText(`{{${expression}}}{{${expression}}}`.repeat(100), scope), expression).toThrow(/at most/);
});

test('variables that are made of each other, thousands in a row, are a mistake and no overflow', () => {
  expect(() =>
    renderValue(
      '{{v20000}}',
      variables(20_001, 'x', (name) => name),
    ),
  ).toThrow(/more than 100 variables are made of each other/);
  expect(
    renderValue(
      '{{v90}}',
      variables(91, 'x', (name) => name),
    ),
  ).toBe('x');
});

test('what is in a value twice is counted twice, and looked at once', () => {
  let value: unknown = ['x'];
  for (let level = 0; level < 15; level += 1) value = [value, value];
  expect(refuseTooLarge(value)).toBe(value);
  for (let level = 0; level < 15; level += 1) value = [value, value];
  expect(() => refuseTooLarge(value)).toThrow(/at most/);
});
