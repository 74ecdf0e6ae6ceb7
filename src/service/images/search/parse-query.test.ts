import { expect, it } from 'vitest';
import { Problem } from '../../problem.js';
import { parseQuery } from './parse-query.js';

const day = 86_400_000;
const read = (text: string) => {
  try {
    const query = parseQuery(text, 100 * day);
    return Object.fromEntries(
      Object.entries(query).filter(([, value]) => value !== undefined && (!Array.isArray(value) || value.length > 0)),
    );
  } catch (error) {
    return error instanceof Problem ? error.errors[0]?.detail : String(error);
  }
};

it.each([
  ['web', { names: ['web'] }],
  ['  Team/web  name:*-db ', { names: ['team/web', '*-db'] }],
  ['tag:v1.* tag:*-alpine', { tags: ['v1.*', '*-alpine'] }],
  ['digest:4FAB digest:sha512:00ff', { digests: ['sha256:4fab', 'sha512:00ff'] }],
  [
    'label:a.b/c=d=e label:only label:x=',
    {
      labels: [
        { name: 'a.b/c', value: 'd=e' },
        { name: 'only', value: undefined },
        { name: 'x', value: '' },
      ],
    },
  ],
  ['label:"title=My image*" web', { labels: [{ name: 'title', value: 'My image*' }], names: ['web'] }],
  ['platform:linux/arm64 platform:*/arm/v7', { platforms: ['linux/arm64', '*/arm/v7'] }],
  ['pushed:<30d', { pushedAfter: 70 * day }],
  ['pushed:<30d pushed:>2w pushed:<100y', { pushedAfter: 70 * day, pushedBefore: 86 * day }],
])('reads %s', (text, query) => {
  expect(read(text)).toEqual(query);
});

it.each([
  ['', 'column 1: there is nothing to search for'],
  [' \t ', 'column 1: there is nothing to search for'],
  ['web stars:5', 'column 5: there is no stars:, only name: tag: digest: label: platform: pushed:'],
  ['web tag:', 'column 9: tag: has no value'],
  ['tag:a/b', 'column 5: a tag has letters, digits and . _ -'],
  ["x'; drop", 'column 1: a name has small letters, digits and . _ - /'],
  ['digest:xyz', 'column 8: a digest is sha256:HEX, or at least four of its digits'],
  ['digest:abc', 'column 8: a digest is sha256:HEX, or at least four of its digits'],
  ['label:=x', 'column 7: a label is NAME=VALUE, or NAME'],
  ['platform:arm64', 'column 10: a platform is OS/ARCHITECTURE: linux/arm64, linux/*'],
  ['pushed:30d', 'column 8: pushed: is <30d for the last thirty days, >30d for before them; units are h, d, w and y'],
  ['a "label:x', 'column 3: the quote does not end'],
  [Array.from({ length: 21 }, () => 'a').join(' '), 'column 41: more than 20 terms'],
])('refuses %s, and says where', (text, detail) => {
  expect(read(text)).toBe(detail);
});
