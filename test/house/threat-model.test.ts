import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { checkout } from '../kit/provision.js';

const page = join(checkout, 'docs/threat-model.md');
const text = readFileSync(page, 'utf8');
const rows = text.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| ---'));

test('each line of the threat model names tests that there are', () => {
  const claims = rows.filter((row) => row.split('|').length === 5 && !row.includes('| shown by |'));
  expect(claims.length).toBeGreaterThan(20);
  const unshown = claims.filter((row) => !/\]\(\.\.\/[\w./-]+\.test\.ts\)/.test(row));
  expect(unshown).toEqual([]);
  const links = [...text.matchAll(/\]\((\.\.\/[^)]+)\)/g)].map(([, path = '']) => join(dirname(page), path));
  expect(links.filter((path) => !existsSync(path))).toEqual([]);
});

test('the size of the corpus is the one that the page says', async () => {
  const { jinjaCorpus } = await import('../hostile/template-corpus.js');
  expect(text).toContain(`a corpus of ${jinjaCorpus.length} escapes`);
});
