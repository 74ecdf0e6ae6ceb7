/*
 * Writes the quickstart's image archive: `npx jiti scripts/example-image.ts FILE.tar`.
 */
import { writeFileSync } from 'node:fs';
import { exampleImage, exampleName } from '../src/registry/archive/write/example-image.js';

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('say where to write it: jiti scripts/example-image.ts FILE.tar');
writeFileSync(path, exampleImage());
process.stdout.write(`${path}: ${exampleName}\n`);
