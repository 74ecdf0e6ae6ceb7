import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/* Texts of the pages, in files that are put together by name: a name that two have would be one text in both places. */

test.each(['en', 'de'])('no two texts have one name: %s', (language) => {
  const folder = new URL(`${language}/`, import.meta.url);
  const names = readdirSync(folder).flatMap((file) =>
    [...readFileSync(new URL(file, folder), 'utf8').matchAll(/^ {2}'([^']+)':/gm)].map(([, name]) => name),
  );
  expect(names.length).toBeGreaterThan(500);
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
});
