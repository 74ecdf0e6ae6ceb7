import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { parseBoundedJson } from './bounded-json.js';
import { parseShape } from './json-shape.js';
import { rawManifest, readDescriptors, readManifest } from './manifest.js';

const items = (one: string, count: number) => Array(count).fill(one).join(',');

describe('millions of values in a few megabytes took gigabytes, and overflowed the stack', () => {
  test.each([
    ['lists', `[${items('[]', 300_000)}]`, 'it has more than 200000 parts'],
    ['numbers', `{"layers":[${items('1', 300_000)}]}`, 'it has more than 200000 parts'],
    ['levels', '['.repeat(5_000_000), 'lists and objects lie more than 200 deep in one another'],
    ['levels behind a text of quotes', `["\\"","\\\\",${'{"a":'.repeat(300)}`, 'more than 200 deep'],
  ])('%s', (_, text, why) => {
    expect(() => parseBoundedJson(text)).toThrow(why);
  });

  test('signs within texts count for nothing', () => {
    const text = JSON.stringify({ annotations: { help: '[{,'.repeat(100_000), quote: '"[\\' } });
    expect(parseBoundedJson(text)).toEqual(JSON.parse(text));
  });

  test.each([
    ['layers', `"layers":[${items('1', 190_000)}]`],
    ['annotations', `"annotations":{${Array.from({ length: 190_000 }, (_, at) => `"${at}":1`).join(',')}}`],
  ])('a manifest of wrong %s', (_, part) => {
    const raw = rawManifest(Buffer.from(`{"schemaVersion":2,"manifests":[],${part}}`));
    expect(() => readManifest(raw, 'team/web:1')).toThrow(/^team\/web:1: not a manifest: [^\n]{1,100}$/);
  });

  test('a referrer with so many wrong annotations', () => {
    const annotations = Object.fromEntries(Array.from({ length: 190_000 }, (_, at) => [at, at]));
    const raw = rawManifest(Buffer.from(JSON.stringify({ manifests: [{ annotations }] })));
    expect(readDescriptors(raw, 'team/web:1').wrong).toHaveLength(1);
  });
});

test('of a value in another shape the first error is given', () => {
  expect(parseShape(z.object({ a: z.array(z.string()) }), { a: ['x', 1] })).toEqual({
    wrong: 'a.1: Invalid input: expected string, received number',
  });
});
