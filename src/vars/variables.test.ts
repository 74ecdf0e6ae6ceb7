import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderOf } from '../../test/kit/folder-of.js';
import { Diagnostics } from '../diagnostics/diagnostic.js';
import { mergeTables, parseExtraVars, type Variable } from './variables.js';

function parse(...args: string[]) {
  const diagnostics = new Diagnostics();
  const table = parseExtraVars(args, diagnostics);
  const values = Object.fromEntries([...table].map(([name, { value }]) => [name, value]));
  const told = diagnostics.all.map(({ message, hint }) => (hint === undefined ? message : `${message} (${hint})`));
  return { table, values, told };
}

describe('-e', () => {
  it.each([
    ['a=1', { a: '1' }],
    ['a=1 b=two', { a: '1', b: 'two' }],
    ['a="x y" b=\'p q\'', { a: 'x y', b: 'p q' }],
    ['a=', { a: '' }],
    ['url=http://x/?y=z', { url: 'http://x/?y=z' }],
    ['a={{ b }}/c d=1', { a: '{{ b }}/c', d: '1' }],
    ['{"a": 1, "b": [true]}', { a: 1, b: [true] }],
    ['{a: 1, b: yes}', { a: 1, b: 'yes' }],
  ])('%s', (arg, expected) => {
    expect(parse(arg)).toMatchObject({ values: expected, told: [] });
  });

  it('reads files, and later ones win', () => {
    const folder = folderOf({ 'v.yaml': 'a: 1\nb:\n  - x\n', 'w.json': '{"a": 2}' });
    const { table, values, told } = parse(`@${folder}/v.yaml`, `@${folder}/w.json`, 'c=3');
    expect(told).toEqual([]);
    expect(values).toEqual({ a: 2, b: ['x'], c: '3' });
    expect(table.get('b')?.place).toMatchObject({ file: join(folder, 'v.yaml'), line: 3, column: 3 });
  });

  it.each(['a', 'a-b=1', 'a=1 garbage', '[1]', '@/nowhere.yaml', '{a: 1', ''])('%j is a mistake', (arg) => {
    expect(parse(arg).told).toHaveLength(1);
  });

  it('says how it is written', () => {
    expect(parse('a=1 garbage').told).toMatchInlineSnapshot(`
      [
        "-e a=1 garbage: cannot read "garbage" (write -e name=value, -e '{"name": …}' or -e @file)",
      ]
    `);
  });
});

it('of two tables, the later one wins', () => {
  const variable = (value: unknown): Variable => ({ value, layer: 'host', from: 'host h' });
  const merged = mergeTables(
    new Map([
      ['a', variable(1)],
      ['b', variable(1)],
    ]),
    new Map([['b', variable(2)]]),
  );
  expect([...merged].map(([name, { value }]) => `${name}=${value}`)).toEqual(['a=1', 'b=2']);
});
