import { describe, expect, it, test } from 'vitest';
import {
  printable,
  printableLine,
  shortened,
  visible,
  visibleBlock,
  visibleLine,
  visibleMessage,
} from './printable.js';
import { printableJson, printableJsonText } from './printable-json.js';
import { Secrets } from './secrets/secrets.js';

describe('a name that would act on a terminal, or hide in it', () => {
  it.each([
    ['a title that is set', 'a\u001B]0;x\u0007b', String.raw`a\x1b]0;x\x07b`],
    ['colours', '\u001B[31mred\u001B[0m', String.raw`\x1b[31mred\x1b[0m`],
    ['a line that is written over', 'bad\rok', String.raw`bad\x0dok`],
    ['C1 control characters', '\u009B2J\u0085', String.raw`\x9b2J\x85`],
    ['DEL and NUL', '\u007F\u0000', String.raw`\x7f\x00`],
    ['line ends and tabs', 'a\nb\tc\r\nd', String.raw`a\nb\tc\x0d\nd`],
    ['line ends of Unicode', 'a\u2028b\u2029c', String.raw`a\u{2028}b\u{2029}c`],
    [
      'text that turns its direction',
      '\u202Egpj.exe\u2066\u2069\u200F\u061C',
      String.raw`\u{202e}gpj.exe\u{2066}\u{2069}\u{200f}\u{61c}`,
    ],
    [
      'what nobody sees',
      'we\u200Bb\u2060\uFEFF\u00AD\u180E\u3164',
      String.raw`we\u{200b}b\u{2060}\u{feff}\xad\u{180e}\u{3164}`,
    ],
    ['joiners between letters that need none', 'we\u200Db\u200C:1\uFE0F', String.raw`we\u{200d}b\u{200c}:1\u{fe0f}`],
    ['a joiner behind a selector that selects nothing', 'x\uFE0F\u200D🙂', String.raw`x\u{fe0f}\u{200d}🙂`],
    ['tags', 'web\u{E0041}\u{E007F}', String.raw`web\u{e0041}\u{e007f}`],
    ['halves of characters, and what is no character', '\uD800x\uDC00\uFFFE', String.raw`\u{d800}x\u{dc00}\u{fffe}`],
    ['notes between the lines', 'a\uFFF9b\uFFFAc\uFFFB', String.raw`a\u{fff9}b\u{fffa}c\u{fffb}`],
  ])('is shown with %s', (_what, name, shown) => {
    expect(visibleLine(name)).toBe(shown);
  });

  it.each([
    'team/web:1.0',
    'Grüße, мир, 日本語',
    '👩🏽‍🚀 ❤️ ❤️‍🔥',
    'می‌خواهم',
    'क्‍ष',
    'a  b',
    '\\x1b typed',
  ])('stays as it is: %s', (text) => {
    expect(visibleLine(text)).toBe(text);
  });
});

test('a text of several lines keeps these, and a block has them below its first', () => {
  expect(visible('a\n\tb\u001B')).toBe('a\n\tb\\x1b');
  expect(visibleBlock('a\r\nb\n')).toBe('a\n    b');
});

test('the output of a host loses its colours, and nothing else in silence', () => {
  expect(printable('\u001B[31mred\u001B[0m \u202Ex\u0008\r\n')).toBe('red \\u{202e}x\\x08\n');
  expect(printableLine('10%\r\u001B[1m20%\tdone')).toBe('20% done');
});

test('a message that quotes a megabyte is shortened, between two characters', () => {
  expect(visibleMessage('x'.repeat(1 << 20))).toBe(`${'x'.repeat(4000)}… (1044576 more characters)`);
  expect(shortened('ab🙂c', 3)).toBe('ab… (3 more characters)');
  expect(shortened('abc', 3)).toBe('abc');
});

test('JSON on a terminal is the same value', () => {
  const value = { 'a\u009B': '\u001B\u2028\u202E\u200B\u{E0041}\uD800 é 🙂', tab: '\t' };
  const text = printableJson(value, 2);
  expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Cs}]/u);
  expect(text).toContain('é 🙂');
  expect(JSON.parse(text)).toEqual(value);
  expect(JSON.parse(printableJsonText('{\t"a":\r\n"\u202E"}'))).toEqual({ a: '\u202E' });
});

test('a secret with control characters is found once these are shown', () => {
  const secrets = new Secrets();
  secrets.add('pass\u001Bword\u202Eé\nline two');
  const shown = [visible, visibleLine, printableJson].map((show) => show('pass\u001Bword\u202Eé\nline two'));
  for (const text of shown) expect(secrets.redact(`it is ${text}.`)).toMatch(/^it is "?\(secret\)"?\.$/);
});
