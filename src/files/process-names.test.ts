import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { nameOfThisProcess } from './process-names.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'names-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('takes away what a process that is gone left behind, and nothing else', () => {
  const { pid } = spawnSync('true');
  const mine = nameOfThisProcess(join(folder, 'part-'));
  const ofTheDead = mine.replace(/-\d+-$/, `-${pid}-`);
  const others = [
    `${mine}a`,
    ofTheDead.replace('part-', 'other-'),
    mine.replace(/-\d+-$/, '-1-'),
    join(folder, `part-${pid}-a`),
  ];
  for (const path of others) writeFileSync(path, '');
  writeFileSync(`${ofTheDead}a`, '');
  mkdirSync(`${ofTheDead}folder`);
  writeFileSync(join(`${ofTheDead}folder`, 'inside'), '');
  expect(nameOfThisProcess(join(folder, 'part-'))).toBe(mine);
  expect(readdirSync(folder).sort()).toEqual(others.map((path) => path.slice(folder.length + 1)).sort());
});

it('says nothing of a folder that is not there', () => {
  expect(nameOfThisProcess(join(folder, 'none', 'part-'))).toContain('/none/part-');
});
