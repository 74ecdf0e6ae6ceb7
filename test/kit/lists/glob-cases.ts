/** Glob, names that fit, and names that don't. */
export type GlobCase = readonly [glob: string, fitting: readonly string[], others: readonly string[]];

/** Globs of paths, with names that fit and names that don't: wherever there are globs these mean the same. */
export const globCases: readonly GlobCase[] = [
  ['*', ['a', '1.2', '.a'], ['a/b']],
  ['**', ['a', 'a/b', 'a/b/c'], []],
  ['***', ['a'], ['a/b']],
  ['a/*', ['a/b'], ['a', 'a/b/c', 'ab']],
  ['a/**', ['a', 'a/b', 'a/b/c'], ['ab', 'ab/c']],
  ['**/a', ['a', 'x/a', 'x/y/a'], ['xa', 'x/ya']],
  ['**/*', ['a', 'a/b'], []],
  ['a/**/b', ['a/b', 'a/x/b', 'a/x/y/b'], ['ab', 'a/xb']],
  ['a**b', ['ab', 'axb'], ['a/b']],
  ['**b', ['b', 'ab'], ['a/b']],
  ['v?', ['v1'], ['v', 'v12', 'v/']],
];
