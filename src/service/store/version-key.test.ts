import { expect, it } from 'vitest';
import { versionKey } from './version-key.js';

function sorted(...tags: string[]): string[] {
  return tags.toSorted((a, b) => Buffer.from(versionKey(a)).compare(Buffer.from(versionKey(b))) || (a < b ? -1 : 1));
}

it('numbers sort by their value, pre-releases before their version, variants behind it', () => {
  const order = [
    'edge',
    'latest',
    '1',
    '1.2-rc.1',
    '1.2-rc10',
    '1.2',
    '1.2-alpine',
    '1.2.1',
    '1.9',
    'v1.10',
    '1.10.0',
    '2.0.0-beta',
    '2',
  ];
  const wanted = [
    'edge',
    'latest',
    '1',
    '1.2-rc.1',
    '1.2-rc10',
    '1.2',
    '1.2-alpine',
    '1.2.1',
    '1.9',
    'v1.10',
    '1.10.0',
    '2',
    '2.0.0-beta',
  ];
  expect(sorted(...order.toReversed())).toEqual(wanted);
  expect(sorted('20240115', '20231231', '2024.1')).toEqual(['2024.1', '20231231', '20240115']);
});

it('the key of the longest tag stays short', () => {
  expect(versionKey('1a'.repeat(64)).length).toBeLessThan(512);
  expect(versionKey('9'.repeat(128)).length).toBeLessThan(140);
});
