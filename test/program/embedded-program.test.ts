import { expect, test } from 'vitest';
import { RegistryProgram } from '../../src/resources/embedded/program.js';

// A file that is not among them would be missed on the first host only.
test('the program that is copied to hosts imports nothing but Node', () => {
  const { files } = new RegistryProgram();
  const names = files.map(({ name }) => name);
  expect(names.filter((name) => !/^registry\/server\/(?!main)[\w-]+\.js$/.test(name))).toEqual([
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
  const own = names.map((name) => name.replace('registry/server/', './'));
  expect(imported.filter((name) => !/^(node:|(crypto|process|buffer)$)/.test(name) && !own.includes(name))).toEqual([]);
});
