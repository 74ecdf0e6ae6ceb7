import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf } from '../kit/folder-of.js';
import { provision } from '../kit/provision.js';
import { provisionHere } from '../kit/provision-here.js';
import { holding, runLock } from '../kit/vitest/holding.js';

holding(runLock);

/**
 * Site of this machine with a file and a part of another, both of which hold a word.
 * @param start runs it in this process, or by the built command
 */
function siteWith(words = '', start: typeof provisionHere = provisionHere) {
  const folder = folderOf({
    'inventory.yaml': 'all: { hosts: { here: { ansible_connection: local } } }\n',
    'site.yaml': `
- hosts: all
  ${words}
  tasks:
    - file: { path: "${'{{folder}}'}/whole", content: "word={{word}}\\n" }
    - line: { path: "${'{{folder}}'}/part", regexp: ^word=, line: "word={{word}}", create: true }
`,
  });
  const run = async (word: string, ...flags: string[]) => {
    const args = ['site.yaml', '-e', `folder=${folder}`, '-e', `word=${word}`, ...flags];
    const { status, stdout } = await start(args, { cwd: folder });
    expect(status, stdout).toBe(0);
    return stdout;
  };
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  return { folder, run, read };
}

test('a file that nobody has edited since it was written is updated by --update, and one that was edited is not', async () => {
  const { folder, run, read } = siteWith();
  await run('one');
  const kept = await run('two');
  expect(kept).toMatch(/file \S+\/whole: kept \(exists and differs .*, unchanged since provision wrote it\)/);
  expect(kept).toContain('use --update or --force to update it');
  expect(kept).toMatch(/^2 kept: 2 unchanged since provision wrote them \(--update updates them\)$/m);
  expect(await run('two', '--update', '--check')).not.toMatch(/kept: /);
  await run('two', '--update');
  expect([read('whole'), read('part')]).toEqual(['word=two\n', 'word=two\n']);

  writeFileSync(join(folder, 'whole'), 'word=mine\n');
  const edited = await run('three', '--update');
  expect(edited).toMatch(/file \S+\/whole: kept \(exists and differs .*, edited since provision wrote it\)/);
  expect(edited).toMatch(/^1 kept: 1 edited since \(--force\)$/m);
  expect([read('whole'), read('part')]).toEqual(['word=mine\n', 'word=three\n']);
  await run('three', '--force');
  expect(read('whole')).toBe('word=three\n');
});

test('`update: true` of a play updates its files', async () => {
  const { run, read } = siteWith('update: true');
  await run('one');
  expect(await run('two')).not.toMatch(/kept: /);
  expect([read('whole'), read('part')]).toEqual(['word=two\n', 'word=two\n']);
});

test('a file that was there before counts as no file of provision', async () => {
  const { folder, run } = siteWith('', provision);
  writeFileSync(join(folder, 'whole'), 'word=mine\n');
  const kept = await run('one', '--update');
  expect(kept).toMatch(/file \S+\/whole: kept \(exists and differs \(.* bytes\)\)/);
  expect(kept).toMatch(/^1 kept: 1 not written by provision \(--force\)$/m);
});
