import { expect, it } from 'vitest';
import { codes } from '../../src/diagnostics/codes.js';
import { readPage } from './pages.js';

it('has cause and cure of each code of an error in the input', () => {
  const sections = readPage('docs/troubleshooting.md')
    .split(/^#### /m)
    .slice(1);
  const named = sections.map((section) => /^`([a-z-]+)`: \w.*\n/.exec(section)?.[1]);
  expect([...named].sort()).toEqual(Object.keys(codes).sort());
});
