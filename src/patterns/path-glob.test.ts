import { describe, expect, it } from 'vitest';
import { type GlobCase, globCases } from '../../test/kit/lists/glob-cases.js';
import { pathGlobTest } from './path-glob.js';

function test(glob: string) {
  const found = pathGlobTest(glob);
  if ('problem' in found) throw new Error(found.problem);
  return found;
}

/** As the globs of lists of images have it. */
describe('globs of paths', () => {
  it.each<GlobCase>([
    ...globCases,
    ['**/x*y', ['x1/xzy', 'xy'], ['x1/y']],
    ['v[0-9].*', ['v1.2'], ['va.2', 'v1']],
    ['[!a]b', ['cb'], ['ab', '/b']],
    ['a.b', ['a.b'], ['axb']],
  ])('%j', (glob, fitting, others) => {
    expect([...fitting, ...others].filter(test(glob))).toEqual(fitting);
  });

  it.each(['', 'a{b,c}', '(a|b)', 'a'.repeat(513)])('%j is refused', (glob) => {
    expect(pathGlobTest(glob)).toHaveProperty('problem');
  });

  it('takes no time that a pattern could blow up', () => {
    expect(test('**/a*'.repeat(80))(`${'a/'.repeat(120)}b`)).toBe(false);
  });
});
