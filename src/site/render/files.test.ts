import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { packageRoot } from '../../files/package-root.js';
import { controllerFiles } from './files.js';

const folder = mkdtempSync(join(tmpdir(), 'site-'));
afterAll(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, 'templates/etc'), { recursive: true });
mkdirSync(join(folder, 'files'));
for (const path of ['templates/etc/motd.hbs', 'files/both', 'both', 'beside']) writeFileSync(join(folder, path), path);
const files = controllerFiles(folder);

test('templates and files are found beside the site first', () => {
  expect(files.template('etc/motd.hbs')).toBe(join(folder, 'templates/etc/motd.hbs'));
  expect(files.file('both')).toBe(join(folder, 'files/both'));
  expect(files.file('beside')).toBe(join(folder, 'beside'));
  expect(files.file(join(folder, 'beside'))).toBe(join(folder, 'beside'));
  expect(files.own('ca')).toBe(join(folder, '.provision/ca'));
});

test('where nothing is found, the error names the places', () => {
  expect(() => files.template('nowhere.hbs')).toThrow(
    `there is no template nowhere.hbs; looked for ${join(folder, 'templates/nowhere.hbs')} and ${join(packageRoot, 'templates/nowhere.hbs')}`,
  );
  expect(() => files.file('nowhere')).toThrow(
    `there is no file nowhere; looked for ${join(folder, 'files/nowhere')} and ${join(folder, 'nowhere')}`,
  );
});
