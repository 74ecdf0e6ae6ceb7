import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { madeDocuments } from '../../scripts/docs/pages.js';
import { environmentWords } from '../../src/cli/explain/environment.js';
import { checkout } from '../kit/provision.js';

it('finds the reference and the tables of roles as the code has them (`npm run docs` writes them)', async () => {
  const outdated = (await madeDocuments()).filter(({ found, wanted }) => found !== wanted);
  expect(outdated.map(({ path }) => path)).toEqual([]);
});

it('lists every environment variable that the code reads, and no other', () => {
  const sources = readdirSync(join(checkout, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => readFileSync(join(checkout, 'src', name), 'utf8'));
  const reads =
    /\benv\.([A-Z][A-Z\d_]+)|\b(?:folderIn\([\w.]+, |variable = |configured = )'([A-Z][A-Z\d_]+)'|`(PROVISION_ASK_)\$/g;
  const read = sources.flatMap((text) =>
    [...text.matchAll(reads)].map(([, ofEnv, named, asked]) => ofEnv ?? named ?? `${asked}NAME`),
  );
  expect([...new Set(read)].sort()).toEqual(Object.keys(environmentWords).sort());
});
