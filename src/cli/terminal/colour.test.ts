import { expect, test } from 'vitest';
import { wantsColour } from './colour.js';

const terminal = { isTTY: true };
const pipe = {};

test.each([
  [terminal, undefined, {}, true],
  [pipe, undefined, {}, false],
  [terminal, undefined, { NO_COLOR: '1' }, false],
  [terminal, undefined, { NO_COLOR: '' }, true],
  [terminal, undefined, { TERM: 'dumb' }, false],
  [terminal, true, { NO_COLOR: '1' }, true],
  [pipe, true, {}, true],
  [terminal, false, {}, false],
] as const)('%j, asked %s, in %j: %s', (stream, asked, env, colour) => {
  expect(wantsColour(stream, asked, env)).toBe(colour);
});
