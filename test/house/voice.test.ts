import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/*
 * The part of the project's style that a machine can check (CONTRIBUTING.md, style).
 */
const checkout = fileURLToPath(new URL('../..', import.meta.url));
const code = ['src', 'roles', 'scripts', 'bench', 'test', 'web'].flatMap((top) =>
  readdirSync(join(checkout, top), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.includes('.state/'))
    .map((name) => ({ path: `${top}/${name}`, text: readFileSync(join(checkout, top, name), 'utf8') })),
);
const product = code.filter(({ path }) => /^(src|roles)\//.test(path) && !path.endsWith('.test.ts'));
const page = code.filter(({ path }) => path.startsWith('web/') && !/\.test\.tsx?$/.test(path));

/** Words that begin a relative clause, or a question, in place of a noun or a verb. */
const clause = /\/\*\*\s*(?:\*\s*)?(What|Who|Whose|Whom|How|Whether|Where|Why|Which|That|When)\b/g;

test('doc comments begin with a noun or a verb', () => {
  const found = [...product, ...page].flatMap(({ path, text }) =>
    [...text.matchAll(clause)].map(({ index, 1: word }) => `${path}:${lineAt(text, index)}: ${word}`),
  );
  expect(found).toEqual([]);
});

test.each([
  ['the program', product],
  ['the page', page],
])('a name is exported by one file of %s', (_, files) => {
  const exports = /^export (?:async )?(?:abstract )?(?:function\*?|const|class|interface|type|enum) (\w+)/gm;
  const found = new Map<string, Set<string>>();
  for (const { path, text } of files) {
    // Every role has `vars`, its schema, and every language the same parts: that is where they are looked for.
    for (const [, name = ''] of text.matchAll(exports))
      if (name !== 'vars' && !path.startsWith('web/src/messages/'))
        found.set(name, (found.get(name) ?? new Set()).add(path));
  }
  const twice = [...found].filter(([, paths]) => paths.size > 1);
  expect(twice.map(([name, paths]) => `${name}: ${[...paths].join(', ')}`)).toEqual([]);
});

test('what is private is written with #', () => {
  const found = code.flatMap(({ path, text }) =>
    [...text.matchAll(/^\s+(?:private|protected) (?!constructor\b)/gm)].map(
      ({ index }) => `${path}:${lineAt(text, index) + 1}`,
    ),
  );
  expect(found).toEqual([]);
});

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}
