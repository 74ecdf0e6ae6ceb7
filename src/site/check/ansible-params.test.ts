import { expect, test } from 'vitest';
import { insteadOfParam } from './ansible-params.js';

test('a mode in letters was refused without the digits to write', () => {
  const of = (mode: string) => insteadOfParam('file', ['mode'], { mode });
  expect(of('u=rw,g=r')).toBe('write "0640"');
  expect(of('u=rwx,go=rx')).toBe('write "0755"');
  expect(of('a=r,u=rw,o=')).toBe('write "0640"');
  expect(of('u+x')).toBeUndefined();
  expect(of('a=rX')).toBeUndefined();
  expect(of('0999')).toBeUndefined();
});

test('parameters of modules were unknown without a word of what to do', () => {
  expect(insteadOfParam('user', ['append'], { append: true })).toBe(
    'remove it: groups of a user that are not named stay',
  );
  expect(insteadOfParam('group', ['append'], {})).toBeUndefined();
  expect(insteadOfParam('toString', ['mode'], { mode: 7 })).toBeUndefined();
});
