import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { joinSh, sh } from '../../sh.js';
import { temporaryBeside } from './temporary-beside.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'beside-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A process id that no process can have. */
const nobody = 2 ** 31 - 1;

describe.each(['bash', 'dash', 'busybox sh'])('temporary files beside a path, in %s', (shell) => {
  const run = async (...lines: ReturnType<typeof sh>[]) => {
    const [program = '', ...args] = shell.split(' ');
    return (await execa(program, [...args, '-c', joinSh([temporaryBeside, ...lines]).script])).stdout;
  };

  it('say whose they are, and go when that one is gone', async () => {
    const path = join(folder, 'a file');
    const left = [`.a file.provision-${nobody}-abcdef`, '.another.provision-1-abcdef', 'a file'];
    const alive = `.a file.provision-${process.pid}-abcdef`;
    for (const name of [...left, alive]) writeFileSync(join(folder, name), '');
    const made = await run(sh`clear_beside ${path}`, sh`beside ${path}`);
    expect(made).toMatch(/\/\.a file\.provision-\d+-\w{6}$/);
    const names = [alive, '.another.provision-1-abcdef', 'a file', made.slice(folder.length + 1)];
    expect(readdirSync(folder).sort()).toEqual(names.sort());
  });
});
