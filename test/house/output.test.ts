import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/*
 * Whoever writes to the terminal by another way than src/cli/terminal/output.ts can forget that a name may hold an escape
 * sequence or a line end. These few have a reason.
 */
const others: Readonly<Record<string, string>> = {
  'cli/main.ts': 'runs before anything is imported',
  'registry/server/main.ts': 'a program of its own, without the command around it',
  'registry/supervisor/supervise.ts': 'a program of its own',
  'resources/embedded/embedded-scripts.ts': 'a script that runs on a host',
};

const source = fileURLToPath(new URL('../../src', import.meta.url));
const files = readdirSync(source, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
  .map((entry) => join(entry.parentPath, entry.name));
const writes = /\b(?:process\.)?std(?:out|err)\s*\.write\(|^\s*(?:\w.*\W)?console\.\w+\(/m;

test('all that is printed goes through one module', () => {
  const found = files.filter((file) => writes.test(readFileSync(file, 'utf8'))).map((file) => relative(source, file));
  expect(found.sort()).toEqual(['cli/terminal/output.ts', ...Object.keys(others)].sort());
});
