/*
 * Writes the documents that are made from the code: `npm run docs`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { madeDocuments } from './pages.js';

for (const { path, found, wanted } of await madeDocuments()) {
  mkdirSync(dirname(path), { recursive: true });
  if (found !== wanted) writeFileSync(path, wanted);
}
