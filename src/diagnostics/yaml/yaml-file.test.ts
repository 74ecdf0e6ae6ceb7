import { describe, expect, it } from 'vitest';
import { Diagnostics } from '../diagnostic.js';
import { parseYaml, readYaml } from './yaml-file.js';

function parse(text: string) {
  const diagnostics = new Diagnostics();
  const source = parseYaml('f.yaml', text, diagnostics);
  const errors = diagnostics.all.map(
    ({ place, message, hint }) => `${place?.line}:${place?.column} ${message}${hint ? ` (${hint})` : ''}`,
  );
  return { source, errors };
}

describe('a YAML file', () => {
  it('knows where keys and values stand, behind aliases and in flow style too', () => {
    const { source } = parse('a: &a {x: 1, y: [2, {z: 3}]}\nb: *a\nc:\n');
    const at = (path: (string | number)[], part?: 'key' | 'value') => {
      const place = source?.placeOf(path, part);
      return `${place?.line}:${place?.column}+${place?.length}`;
    };
    expect(at(['a', 'y', 1, 'z'])).toBe('1:25+1');
    expect(at(['a', 'y'], 'key')).toBe('1:14+1');
    expect(at(['b', 'x'])).toBe('1:11+1');
    expect(at(['c'], 'key')).toBe('3:1+1');
    expect(at(['c'])).toBe('3:3+1');
    expect(at(['a', 'nothing', 'there'])).toBe('1:7+22');
  });

  it.each([
    [
      'a: 1\na: 2\nb: !secret x\n',
      [
        '2:1 YAML: map keys must be unique (keep one of the two)',
        '3:4 YAML: unresolved tag: !secret (write the value without a tag)',
      ],
    ],
    ['a: 1\n---\nb: 2\n', ['2:1 YAML: a second document begins here (make a file of each, or remove the line "---")']],
    // Everything behind a tab or an open quote was an error of its own.
    ['a:\n\tb:\n\t\t- c\n\t\t- d: e\n', ['2:1 YAML: tabs are not allowed as indentation (indent with blanks)']],
    [
      'a: 1\na: 2\nb:\n  \tc: d\n',
      [
        '2:1 YAML: map keys must be unique (keep one of the two)',
        '4:3 YAML: tabs are not allowed as indentation (indent with blanks)',
      ],
    ],
    [
      '- {a: "b}\n- {c: "d"}\n',
      ['1:7 YAML: this quote is not closed (close it with the same sign: nothing behind it can be read)'],
    ],
    [
      'name: a\nname: b\n',
      [
        '2:1 YAML: map keys must be unique (keep one of the two, or indent it below the resource that it is a parameter of)',
      ],
    ],
    ['a:\n\t- b\n', ['2:1 YAML: tabs are not allowed as indentation (indent with blanks)']],
    [
      'a: b: c\n',
      [
        '1:4 YAML: nested mappings are not allowed in compact mappings (check the indentation, and quote text that holds ": " or begins with { or [)',
      ],
    ],
    ['a: {{ b }}\n', ['1:5 a key must be text (write a value that begins with {{ in quotes: "{{ … }}")']],
    [
      'a: {{ b }}.c\n',
      ['1:11 YAML: unexpected scalar at node end (write a value that begins with {{ in quotes: "{{ … }}")'],
    ],
    ['base: &base {a: 1}\nb: *bsae\n', ['2:4 nothing is anchored as &bsae (did you mean *base?)']],
    ['a: &a\n  b: *a\n', ['2:6 *a is part of what it repeats']],
    ['<<: 3\n', ['1:5 << takes a map, an alias of one, or a list of those']],
    ['a: "b\n', ['1:4 YAML: this quote is not closed (close it with the same sign: nothing behind it can be read)']],
    [
      'a: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n',
      ['1:11 the value is encrypted, which cannot be read here (give it with -e @FILE, or as a variable)'],
    ],
    [
      '$ANSIBLE_VAULT;1.1;AES256\n6231\n',
      ['1:1 the file is encrypted, which cannot be read here (give it with -e @FILE, or as a variable)'],
    ],
  ])('%j is reported with its place', (text, expected) => {
    const { source, errors } = parse(text);
    expect(source).toBeUndefined();
    expect(errors).toEqual(expected);
  });

  it('does not expand aliases of aliases without end', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
    for (let n = 1; n < 12; n += 1)
      lines.push(
        `a${n}: &a${n} [${Array(9)
          .fill(`*a${n - 1}`)
          .join(', ')}]`,
      );
    expect(parse(lines.join('\n')).errors).toEqual([expect.stringContaining('far larger than it is')]);
  });

  it('that cannot be read is an error', () => {
    const diagnostics = new Diagnostics();
    expect(readYaml('/nowhere/f.yaml', diagnostics)).toBeUndefined();
    expect(diagnostics.all[0]?.message).toBe('cannot read /nowhere/f.yaml: no such file or directory');
  });
});

describe('a whole number that JavaScript cannot hold', () => {
  it('was written to hosts with other digits', () => {
    const text =
      'a: 123456789012345678\nb: [-9007199254740993, 9007199254740991, 1.5, 0xFFFFFFFFFFFFFFFF]\n18446744073709551615: {c: 1e20}\n';
    expect(parse(text).source?.value).toEqual({
      a: '123456789012345678',
      b: ['-9007199254740993', 9_007_199_254_740_991, 1.5, '18446744073709551615'],
      '18446744073709551615': { c: 1e20 },
    });
    expect(parse('{"a": [123456789012345678]}').source?.value).toEqual({ a: ['123456789012345678'] });
  });
});

it('the mark that an editor puts before a file (U+FEFF) made thirteen errors of it', () => {
  const { source, errors } = parse('\uFEFF- hosts: all\n  tasks: []\n');
  expect(errors).toEqual([]);
  expect(source?.value).toEqual([{ hosts: 'all', tasks: [] }]);
  expect(source?.placeOf([0, 'hosts'])).toMatchObject({ line: 1, column: 10 });
});
