import { expect, test } from 'vitest';
import { RegistryProgram } from '../../src/resources/embedded/program.js';

// A file that is not among them would be missed on the first host only.
test('the program that is copied to hosts imports nothing but Node', () => {
  const { files } = new RegistryProgram();
  expect(files.map(({ name }) => name)).toEqual([
    'LICENSES.txt',
    'package.json',
    'registry/server/main.js',
    'registry/supervisor/supervise.js',
  ]);
  const scripts = files.filter(({ name }) => name.endsWith('.js')).map(({ bytes }) => bytes.toString('utf8'));
  const imported = scripts.flatMap((text) =>
    [...text.matchAll(/\b(?:from|import|require)\s*\(?\s*["']([\w@.:/-]+)["']/g)].map(([, name = '']) => name),
  );
  expect(imported).toContain('node:http');
  expect(imported.filter((name) => !/^(node:|crypto$)/.test(name))).toEqual([]);
});
