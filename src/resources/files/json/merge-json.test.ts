import { describe, expect, it } from 'vitest';
import { type JsonMerge, mergeJson } from './merge-json.js';

const merge = (text: string, wanted: JsonMerge['merge'], rest: Partial<JsonMerge> = {}) =>
  mergeJson(text, { merge: wanted, lists: 'union', remove: [], ...rest });

describe('mergeJson', () => {
  it.each([
    ['nothing there', '', { a: [1] }, '{\n  "a": [\n    1\n  ]\n}\n', 'created', false],
    ['an empty object', '{}\n', { a: 1 }, '{\n  "a": 1\n}\n', 'added a', false],
    ['as wanted', '{"a": [2,1], "b": {"c": 1}}', { a: [1], b: { c: 1 } }, '{"a": [2,1], "b": {"c": 1}}', '', false],
    ['a key on its own line', '{\n\t"z": 1.0\n}\n', { a: 1 }, '{\n\t"z": 1.0,\n\t"a": 1\n}\n', 'added a', false],
    [
      'keys on one line',
      '{"z":12345678901234567890}',
      { a: { b: 1 } },
      '{"z":12345678901234567890, "a": {"b":1}}',
      'added a',
      false,
    ],
    [
      'a list entry',
      '{\n  "l": ["x"],\n  "z": 1\n}',
      { l: ['y', 'x'] },
      '{\n  "l": ["x", "y"],\n  "z": 1\n}',
      'added l "y"',
      false,
    ],
    [
      'list entries on lines',
      '{\n  "l": [\n    "x"\n  ]\n}',
      { l: ['y'] },
      '{\n  "l": [\n    "x",\n    "y"\n  ]\n}',
      'added l "y"',
      false,
    ],
    [
      'inside',
      '{\n  "o": {\n    "x": 1\n  }\n}',
      { o: { y: { z: 2 } } },
      '{\n  "o": {\n    "x": 1,\n    "y": {\n      "z": 2\n    }\n  }\n}',
      'added o.y',
      false,
    ],
    ['an empty list', '{\n  "l": []\n}', { l: ['y'] }, '{\n  "l": [\n    "y"\n  ]\n}', 'added l "y"', false],
    [
      'another value',
      '{\n  "a": true,\n  "b": 1\n}\n',
      { a: false, c: 2 },
      '{\n  "a": false,\n  "b": 1,\n  "c": 2\n}\n',
      'added c; replaced a',
      true,
    ],
    ['another type', '{"a": {"b": 1}}', { a: [1] }, '{"a": [\n  1\n]}', 'replaced a', true],
    ['null', '{"a": 1}', { a: null }, '{"a": null}', 'replaced a', true],
  ])('%s', (_, text, wanted, result, summary, overwrites) => {
    expect(merge(text, wanted)).toEqual({ text: result, summary, overwrites });
    expect(merge(result, wanted).summary).toBe('');
    expect(() => JSON.parse(result)).not.toThrow();
  });

  it('replaces lists where it is told to', () => {
    expect(merge('{"l": [1, 2]}', { l: [2] }, { lists: 'replace' })).toMatchObject({
      text: '{"l": [\n  2\n]}',
      overwrites: true,
    });
    expect(merge('{"l": [2]}', { l: [2] }, { lists: 'replace' }).summary).toBe('');
  });

  it('ends its lines as the file does', () => {
    expect(merge('{\r\n  "a": {}\r\n}\r\n', { a: { b: [1] }, c: 2 }).text).toBe(
      '{\r\n  "a": {\r\n    "b": [\r\n      1\r\n    ]\r\n  },\r\n  "c": 2\r\n}\r\n',
    );
  });

  it('compares whole numbers digit by digit', () => {
    const text = '{"a": 9007199254740993, "l": [9007199254740993]}';
    expect(merge(text, { a: 9007199254740992 }).text).toContain('"a": 9007199254740992');
    expect(merge(text, { l: [9007199254740992] }).text).toContain('[9007199254740993, 9007199254740992]');
  });

  it.each([
    ['{"a": 1, "b": 2, "c": 3}', ['a'], '{"b": 2, "c": 3}'],
    ['{\n  "a": 1,\n  "b": 2\n}', ['b'], '{\n  "a": 1\n}'],
    ['{"o": {"a.b": 1}}', ['o', 'a.b'], '{"o": {}}'],
    ['{"o": 1}', ['o', 'x'], '{"o": 1}'],
  ])('removes from %s', (text, way, result) => {
    expect(merge(text, {}, { remove: [way] }).text).toBe(result);
  });

  it.each([
    ['{\n  "a": 1,\n}', '3:1: expected a key in quotes, found "}"'],
    ['{"a": 1', '1:8: expected , or }, found the end'],
    ['{"a" 1}', '1:6: expected :, found "1"'],
    ["{'a': 1}", `1:2: unexpected "'"`],
    ['{"a": 01}', '1:8: expected a comma, found "1"'],
    ['{"a": 1} x', '1:10: unexpected "x"'],
    ['{"a": "\n"}', '1:7: the closing quote is missing'],
    ['{"a": 1,\n "a": 2}', '2:2: "a" occurs twice'],
    ['[]', '1:1: expected an object, {…}'],
    ['# comment\n{}', '1:1: unexpected "#"'],
    ['{"a": 1} {}', '1:10: expected nothing more, found "{"'],
    ['{\n  // why\n  "a": 1\n}', '2:3: JSON has no comments'],
    ['{"a": "\t"}', '1:7: the text in quotes holds a control character'],
    ['{"a": "\\x"}', '1:7: the text in quotes holds an unknown escape sequence'],
    ['{"a": 1.}', '1:7: is no number'],
  ])('refuses %j', (text, message) => {
    expect(() => merge(text, { a: 1 })).toThrow(message);
  });
});
