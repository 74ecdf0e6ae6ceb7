import { describe, expect, it } from 'vitest';
import { compileExpression, type Expression } from './expression.js';

function compiled(source: string): Expression {
  const expression = compileExpression(source);
  if ('problem' in expression) throw new Error(`${source}: ${expression.problem}`);
  return expression;
}

const texts = [
  '',
  'latest',
  'main-7f3a',
  'v1.2.3',
  '1.2.3-alpine',
  '1.2.3-alpine3.19',
  '2.0.0-rc.1',
  '2.0.0-RC2',
  '20240131',
  '2024-01-31',
  'sha256-deadbeef.sig',
  'a_b-c.d',
  'linux-arm64',
  'arm64v8',
  'web1.example.com',
  'web12',
  'db-01',
  '#PermitRootLogin yes',
  'PermitRootLogin no',
  '  indented = "x"',
  'key\tvalue',
  'a(b)[c]{d}',
  'Ünïcode é',
  'x/y/z',
  'a\\b',
  '^$|?*+',
  'aaaa',
];

describe('expressions that people write mean what they meant to RegExp', () => {
  it.each([
    'latest',
    '^latest$',
    'v?\\d+(\\.\\d+){0,2}',
    '^v?[0-9]+\\.[0-9]+\\.[0-9]+$',
    '\\d+\\.\\d+',
    '.*-alpine',
    '.*-alpine.*',
    '-alpine\\d+(?:\\.\\d+)?$',
    'rc|beta',
    '(?:rc|beta)\\.?\\d*',
    '^(?:main|master)-[a-f0-9]{4,}$',
    '\\d{4}-?\\d{2}-?\\d{2}',
    '[\\w.-]+',
    '[\\w-.]+',
    '[a-z0-9-_]+',
    '[a-z-0-9]+',
    '[.\\-\\w]+',
    '[^-]+',
    '[-a]',
    '[a-]',
    '[^\\s]+',
    '[\\s\\S]+',
    '[\\d-]+',
    '[\\]a]',
    '[[]',
    '[(){}]',
    '[/]',
    'a/?b?',
    'x\\/y',
    'x/y',
    '\\.sig$',
    '^sha256-[0-9a-f]+\\.(?:sig|att|sbom)$',
    '(^|-)arm64($|-)',
    '\\barm64\\b',
    '\\Barm',
    'web\\d+',
    'web[12]\\.',
    '^#?\\s*PermitRootLogin\\b',
    '^\\s*indented\\s*=',
    '"[^"]*"',
    '\\t',
    '\\x41|\\x61',
    '\\u00e9|\\u0061',
    'é',
    '[à-ü]',
    'a{2,}',
    '^a{4}$',
    '^a{2,3}$',
    'a{',
    '{d}',
    '\\{d\\}',
    ']',
    '}',
    '\\^\\$\\|',
    '\\\\',
    'a*?b',
    'a+?',
    'a??',
    '(a)(b)?',
    '(?<year>\\d{4})',
    '(?:)',
    '(|a)+',
    '(?:a|b|)*c',
    '.',
    '^',
    '$',
    '^$',
    '',
    '\\_|\\-|\\#|\\ |\\=',
    '\\D\\W\\S',
    '1|latest',
  ])('%j', (source) => {
    const ours = compiled(source);
    const [search, beginning, whole] = [source, `^(?:${source})`, `^(?:${source})$`].map((each) => new RegExp(each));
    for (const text of texts) {
      const found = [ours.isIn(text), ours.begins(text), ours.fits(text)];
      expect([text, ...found]).toEqual([text, search?.test(text), beginning?.test(text), whole?.test(text)]);
    }
  });
});

describe('expressions', () => {
  it.each([
    ['(?i)alpine', '1-ALPINE', true],
    ['(?P<tag>v\\d+)', 'v1', true],
    ['(?s)a.b', 'a\nb', true],
    ['a.b', 'a\nb', false],
    ['(?m)^b', 'a\nb', true],
    ['a$', 'a\n', false],
    ['[[:digit:]]', '7', true],
    ['\\pL', 'é', true],
  ])('of RE2 and Python work: %j', (source, text, expected) => {
    expect(compiled(source).isIn(text)).toBe(expected);
  });

  it.each([
    [
      '(?=a)b',
      'look-ahead, (?=…) or (?!…), cannot be used: write what matches, and what does not match as a pattern of its own that excludes',
    ],
    [
      'a(?!b)',
      'look-ahead, (?=…) or (?!…), cannot be used: write what matches, and what does not match as a pattern of its own that excludes',
    ],
    [
      '(?<=a)b',
      'look-behind, (?<=…) or (?<!…), cannot be used: write what matches, and what does not match as a pattern of its own that excludes',
    ],
    [
      '(?<!a)b',
      'look-behind, (?<=…) or (?<!…), cannot be used: write what matches, and what does not match as a pattern of its own that excludes',
    ],
    ['(a)\\1', 'a back-reference, \\1 or \\k<name>, cannot be used: write the repeated part out'],
    ['(?<x>a)\\k<x>', 'a back-reference, \\1 or \\k<name>, cannot be used: write the repeated part out'],
    ['(?P<x>a)(?P=x)', 'a back-reference, \\1 or \\k<name>, cannot be used: write the repeated part out'],
    ['(?>a)', 'an atomic group or a possessive repetition cannot be used: leave out the > or the +'],
    ['a++', 'an atomic group or a possessive repetition cannot be used: leave out the > or the +'],
    ['a\\Z', '\\Z cannot be used: write $ or \\z'],
    ['(a', 'a ( is never closed'],
    ['a)', 'a ) closes nothing'],
    ['[a', 'a [ is never closed'],
    ['*', '* repeats nothing'],
    ['a**', '** repeats what is repeated already'],
    ['(?:a{1000}){1000}', '{1000} repeats too often: 1000 times at most, also where one lies in another'],
    ['\\y', '\\y has no meaning'],
    ['[z-a]', 'z-a is not a range of characters'],
    ['(?x)a', '(?x is not known'],
    ['(?<a-b>x)', 'invalid named capture: (?<a-b>'],
    ['(?<a>x)(?<a>y)', 'duplicate capture group name: a'],
    ['a'.repeat(10_001), 'an expression has at most 10000 characters: split it'],
  ])('%j is refused in words that say what to write', (source, problem) => {
    expect(compileExpression(source)).toEqual({ problem });
  });

  it.each([
    ['(a+)+$', `${'a'.repeat(100_000)}b`],
    ['(a|aa)+$', `${'a'.repeat(100_000)}b`],
    ['(a*)*b', 'a'.repeat(100_000)],
    ['(.*)(.*)(.*)(.*)[^a]x', 'a'.repeat(100_000)],
    ['\\s+$', `${' '.repeat(100_000)}x`],
    ['(?:a?){100}a{100}b', 'a'.repeat(100_000)],
  ])('%j never hung on a text that backtracking takes years for', (source, text) => {
    const { isIn, begins, fits } = compiled(source);
    expect([isIn(text), begins(text), fits(text)]).toEqual([false, false, false]);
  });
});
