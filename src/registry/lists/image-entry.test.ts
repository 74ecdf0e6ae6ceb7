import { expect, it } from 'vitest';
import { imageEntry } from './image-entry.js';

it('takes in variables of roles what it takes in files', () => {
  const plain = { source: undefined, patterns: undefined, platforms: undefined, attachments: undefined };
  const entry = { ...plain, repository: 'a', target: 'a', targetRegistry: undefined, place: undefined };
  const one = { tag: '13', digest: undefined, targetTag: undefined };
  expect(imageEntry.parse('a:13')).toEqual({ ...entry, tags: [one] });
  expect(imageEntry.parse({ name: 'a', tag: 13 })).toEqual({ ...entry, tags: [one] });
});
