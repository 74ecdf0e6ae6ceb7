import { expect, test } from 'vitest';
import { load } from '../../test/kit/site-fixture.js';

const inventory = 'all: {hosts: {web1: {}}}';
const values = [
  '',
  '5',
  'true',
  'x',
  '""',
  '[]',
  '[x]',
  '[[]]',
  '{}',
  '{a: b}',
  '{name: [x]}',
  '{file: 5}',
  '"{{"',
  '"{{nowhere}}"',
  '"{{facts}}"',
  '[{file: {path: /a}}]',
];
const places: Readonly<Record<string, (word: string, value: string) => string>> = {
  alone: (word, value) => `- hosts: all\n  tasks:\n    - ${word}: ${value}\n`,
  'beside a resource': (word, value) => `- hosts: all\n  tasks:\n    - command: x\n      ${word}: ${value}\n`,
  'at a handler': (word, value) =>
    `- hosts: all\n  handlers:\n    - name: x\n      command: x\n      ${word}: ${value}\n`,
  'beside an include': (word, value) =>
    `- hosts: all\n  tasks:\n    - include_tasks: more.yaml\n      ${word}: ${value}\n`,
  'in a file': () => '- hosts: all\n  tasks: [{import_tasks: given.yaml}]\n',
};
const words = [
  'import_tasks',
  'include_tasks',
  'include_role',
  'import_role',
  'meta',
  'delegate_to',
  'listen',
  'when',
  'loop',
  'loop_control',
  'vars',
  'tags',
  'notify',
  'block',
  'register',
];

test.each(Object.keys(places))('no value of a word, %s, is more than a mistake', async (place) => {
  const write = places[place];
  let told = 0;
  for (const word of words) {
    for (const value of values) {
      const files = { 'more.yaml': '- command: more', 'given.yaml': `- ${word}: ${value}` };
      const site = await load({ 'inventory.yaml': inventory, 'site.yaml': write?.(word, value) ?? '', ...files });
      // What is no diagnostic can be made into tasks, or fails with a mistake that has a place.
      if (site.told === '')
        expect({ word, value, made: site.program('web1') }).toMatchObject({ made: expect.any(String) });
      else told += 1;
    }
  }
  expect(told).toBeGreaterThan(50);
});
