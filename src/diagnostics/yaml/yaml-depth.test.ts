import { expect, it } from 'vitest';
import { Diagnostics } from '../diagnostic.js';
import { isTooDeep } from './yaml-depth.js';
import { parseYaml } from './yaml-file.js';

const steps = (levels: number) => Array.from({ length: levels }, (_, at) => `${' '.repeat(at)}a:\n`).join('');

it.each([
  '- ',
  ' - ',
  '[',
  '{a: ',
  '? ',
  '- [',
  '[\n',
])('%j without end is an error in the file, and does not end the process', (level) => {
  const diagnostics = new Diagnostics();
  expect(parseYaml('f.yaml', level.repeat(30_000), diagnostics)).toBeUndefined();
  expect(diagnostics.all.map(({ message }) => message)).toEqual(['YAML: lists and maps are nested more than 100 deep']);
});

it.each([
  ['texts with many brackets', `a: "${'[{'.repeat(1000)}"\nb: |\n  ${'['.repeat(1000)}\n`],
  ['a line of many dashes', `a: ${'-'.repeat(1000)}\n`],
  ['a line of many colons', `a: ${'b:c'.repeat(300)}\n`],
  ['a list of many lists', `a: [${'[1], '.repeat(5000)}]\n`],
  ['a text that stands far to the right', `a:\n${' '.repeat(500)}b\n`],
  ['as deep as anybody writes', steps(100)],
  [
    'a line of many keys',
    JSON.stringify({ a: Array.from({ length: 400 }, (_, at) => ({ name: `b${at}`, tag: '1' })) }),
  ],
])('%s is not deep', (_, text) => {
  expect(isTooDeep(text)).toBe(false);
});

it('maps by indentation count as levels', () => {
  expect([isTooDeep(steps(250)), isTooDeep(steps(300))]).toEqual([false, true]);
});
