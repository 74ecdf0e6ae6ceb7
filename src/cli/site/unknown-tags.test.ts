import { expect, test } from 'vitest';
import { unknownTags } from './unknown-tags.js';

const place = { file: 'site.yaml', line: 1, column: 3 };
const plays = [{ name: 'p', place, hosts: [], tags: ['docker'], tasks: [{ name: 't', tags: ['images'] }] }];

test('a tag that no task has is told, with the nearest that one has', () => {
  expect(unknownTags(['dokcer', 'images', 'tagged', 'zzz'], plays)).toEqual([
    'no task has the tag "dokcer"; did you mean "docker"?',
    'no task has the tag "zzz"',
  ]);
});
