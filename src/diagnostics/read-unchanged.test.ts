import { chmodSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readUnchangedText } from './read-unchanged.js';

const folder = mkdtempSync(join(tmpdir(), 'read-unchanged-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a template that changes during a run is read again, also where size and time stay', () => {
  const file = join(folder, 'a');
  const write = (text: string) => {
    writeFileSync(file, text);
    utimesSync(file, 1, 1);
  };
  write('one');
  expect(readUnchangedText(file)).toBe('one');
  expect(readUnchangedText(file)).toBe('one');
  write('two');
  expect(readUnchangedText(file)).toBe('two');
  const link = join(folder, 'link');
  symlinkSync('a', link);
  expect(readUnchangedText(link)).toBe('two');
  rmSync(link);
  expect(() => readUnchangedText(link)).toThrow('ENOENT');
  symlinkSync(folder, link);
  expect(() => readUnchangedText(link)).toThrow();
});

// Root may read every file.
test.skipIf(process.getuid?.() === 0)('a file that may no longer be read is not read from memory', () => {
  const file = join(folder, 'b');
  writeFileSync(file, 'text');
  expect(readUnchangedText(file)).toBe('text');
  chmodSync(file, 0);
  expect(() => readUnchangedText(file)).toThrow('EACCES');
});
