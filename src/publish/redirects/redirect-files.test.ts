import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readRedirectFiles } from './redirect-files.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'provision-redirect-files-'));
  mkdirSync(join(folder, 'acme'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, name: string): void {
  const redirect = { version: 2, repository: 'web', 'repo-registry-id': name, url: 'https://cdn.example.com/web/' };
  writeFileSync(join(folder, path), JSON.stringify(redirect));
}
const wrongIn = () =>
  readRedirectFiles(folder).errors.map(({ message, hint }) => `${message} (${hint})`.replaceAll(folder, 'FOLDER'));

it('finds the files anywhere below a folder, in the order of their paths, and nothing else', () => {
  write('zoo.json', 'zoo');
  write('acme/web.json', 'acme/web');
  writeFileSync(join(folder, 'acme/README'), 'not one');
  symlinkSync(join(folder, 'zoo.json'), join(folder, 'link.txt'));
  const { files, errors } = readRedirectFiles(folder);
  expect(errors).toEqual([]);
  expect(files.map(({ path, redirect }) => [path, redirect.name])).toEqual([
    ['acme/web.json', 'acme/web'],
    ['zoo.json', 'zoo'],
  ]);
});

it('names all that is wrong: files, links to folders, two files of one repository', () => {
  write('a.json', 'one');
  write('b.json', 'one');
  writeFileSync(join(folder, 'acme/half.json'), '[]');
  writeFileSync(join(folder, 'acme/other.json'), '{"version": 9}');
  symlinkSync(join(folder, 'acme'), join(folder, 'linked'));
  symlinkSync(join(folder, 'none'), join(folder, 'lost.json'));
  expect(wrongIn()).toMatchInlineSnapshot(`
    [
      "FOLDER/acme/half.json: a JSON object is expected (write it as Pulp does, or publish the repository again)",
      "FOLDER/acme/other.json: metadata version 9 not supported (write it as Pulp does, or publish the repository again)",
      "FOLDER/linked is a link to a folder, which is not followed (copy the folder here)",
      "FOLDER/lost.json: no such file or directory (undefined)",
      "FOLDER/b.json: a.json has the repository one too (remove one of them: only the first would be served)",
    ]
  `);
  symlinkSync(folder, join(folder, 'acme/round'));
  expect(wrongIn()).toContain('FOLDER/acme/round is a link to a folder, which is not followed (copy the folder here)');
  expect(readRedirectFiles(join(folder, 'none')).errors).toMatchObject([{ code: 'unreadable-file' }]);
});
