import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runScript } from '../../../test/kit/converge-locally.js';
import { parsePath } from './path-state.js';
import { probePath } from './probe-path.js';

const hasDpkg = spawnSync('dpkg-query', ['--version']).status === 0;
const wanted = { size: -1, sha256: 'another', secret: true };

async function isPristine(path: string, shell: string): Promise<boolean> {
  return parsePath(await runScript(probePath(path, { root: '', wanted }).script, '', { shell }), path).pristine;
}

/** A configuration file of a package that is as the package brought it. */
function configurationFile(): string {
  const lines = execFileSync('dpkg-query', ['-W', '-f', '${Conffiles}\n'], { encoding: 'utf8' }).split('\n');
  const file = lines
    .map((line) => line.trim().split(' '))
    .find(([path = '', sum = '']) => existsSync(path) && sumOf(path) === sum)?.[0];
  if (file === undefined) throw new Error('no configuration file of a package is as it was brought');
  return file;
}

function sumOf(path: string): string {
  return execFileSync('md5sum', { input: execFileSync('cat', [path]), encoding: 'utf8' }).slice(0, 32);
}

describe.runIf(hasDpkg).each(['dash', 'bash --posix', 'busybox sh'])('in %s', (shell) => {
  it('a configuration file is known to be as its package brought it; a copy of it is not', async () => {
    const file = configurationFile();
    expect(await isPristine(file, shell)).toBe(true);
    const folder = mkdtempSync(join(tmpdir(), 'provision-packaged-'));
    copyFileSync(file, join(folder, 'copy'));
    expect(await isPristine(join(folder, 'copy'), shell)).toBe(false);
    rmSync(folder, { recursive: true });
  });
});
