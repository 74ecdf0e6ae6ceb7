import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { joinSh, quote, sh } from './sh.js';

describe('sh', () => {
  it('quotes strings, leaves numbers and script, makes words of lists', () => {
    expect(sh`install -m ${'0755'} ${['a b', "it's"]} ${2} ${sh`| cat`}`.script).toBe(
      `install -m 0755 'a b' 'it'\\''s' 2 | cat`,
    );
    expect(joinSh([sh`a`, sh`b`], ' && ').script).toBe('a && b');
  });

  it('leaves backslashes of the template alone, as shell script has its own', () => {
    expect(sh`printf '%s\n' ${'x'}`.script).toBe("printf '%s\\n' x");
  });

  it('leaves expansions to the shell where the dollar is escaped', () => {
    expect(sh`a=${'x y'}; echo "\${a%% *}"`.script).toBe(`a='x y'; echo "\${a%% *}"`);
  });

  it.each([
    '',
    ' ',
    '$HOME',
    '`id`',
    '\\',
    '\n',
    '*',
    '-n',
    '~',
    "'",
    '"',
    'é',
    '!x',
    '# no',
    'a=b;c',
  ])('passes %j through a real shell unchanged', (text) => {
    expect(execFileSync('sh', ['-c', sh`printf %s ${text}`.script], { encoding: 'utf8' })).toBe(text);
  });

  it('refuses a NUL byte, which no shell word can hold', () => {
    expect(() => quote('a\0b')).toThrow(RangeError);
  });
});
