import { expect, it } from 'vitest';
import { pagesOfDocs, readPage, withoutCode } from './pages.js';

/** Words that this project's readers would not search for, with those that they would. */
const instead: Readonly<Record<string, string>> = {
  'mistakes?': 'error',
  'passed over': 'skipped, ignored',
  'left alone': 'not changed, skipped',
  'told (?:of|as|by)': 'shown, reported',
  'taken away|takes away|take away': 'deleted',
  mended: 'corrected, repaired',
  'dialled|dials': 'connected to',
};

const pages = pagesOfDocs().filter((page) => !page.startsWith('docs/reference/'));

it.each(pages)('%s has the words that readers search for', (page) => {
  const text = withoutCode(readPage(page));
  const found = Object.entries(instead).flatMap(([words, better]) =>
    [...text.matchAll(new RegExp(`\\b(?:${words})\\b`, 'gi'))].map(([word]) => `${word}: write ${better}`),
  );
  expect(found).toEqual([]);
});
