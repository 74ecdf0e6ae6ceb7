import { readFileSync } from 'node:fs';
import { openConnection } from '../../../src/connection/open.js';
import { sh } from '../../../src/sh.js';
import { whenFree } from './when-free.js';

/** A controller of its own: takes the run lock with the settings in a file, works for long, and is killed at that. */
const connection = await openConnection('host', JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')));
connection.lock(false);
await whenFree(() => connection.probe([{ script: sh`:` }], false));
console.log('locked');
await connection.probe([{ script: sh`sleep 71.5`, deadline: 100 }], false);
