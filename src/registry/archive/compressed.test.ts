import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { layoutFiles, makeImage, refName } from '../../../test/registry/archives/make-image.js';
import { entriesOf, makeTar } from '../../../test/registry/archives/make-tar.js';
import { readAll, refusal } from '../../../test/registry/archives/read-all.js';
import { openArchive } from './open.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'provision-compressed-'));
  path = join(folder, 'images');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const image = makeImage({ layers: ['base', 'one'] });
const tar = makeTar(entriesOf(layoutFiles([{ image, annotations: refName('web:1.0') }])));
/** Limit in place of 64 MiB: xz takes a second for so much. */
const small = { harmless: 4 << 20 };
const programs = ['xz -c', 'bzip2 -c', 'lz4 -c', 'zstd -c', 'zstd -19 --long=27 -c', 'gzip -c'];

/** Runs a program with its options, on some input. */
function compress(command: string, input: Buffer): Buffer {
  const [program = '', ...options] = command.split(' ');
  return execFileSync(program, options, { input });
}

function isInstalled(command: string): boolean {
  try {
    compress(command, tar);
    return true;
  } catch {
    return false;
  }
}

test.each(programs.filter(isInstalled))('what was saved through %s had to be unpacked by hand', async (command) => {
  writeFileSync(path, compress(command, tar));
  const archive = await openArchive(path);
  expect(await readAll(archive)).toEqual([expect.stringContaining(`web:1.0 ${image.raw.digest}`)]);
  await archive.close();
  // Cut on its way: an error of the archive, whatever unpacks it. Node 22 takes cut zstd for whole; the tar tells then.
  writeFileSync(path, readFileSync(path).subarray(0, -20));
  expect(await refusal(openArchive(path), folder)).toMatch(
    /^corrupt: images: (could not unpack its [a-z0-9]+: .|it ends at byte \d+ without a tar's end mark)/,
  );
  // Ever so small, and larger than may be.
  writeFileSync(path, compress(command, Buffer.alloc(5 << 20)));
  expect(await refusal(openArchive(path, { limits: { ...small, expansion: 50 } }), folder)).toMatch(
    /^input: .* unpack to more than \d+/,
  );
});

test('a machine without the program for an archive was not told what to do', async () => {
  vi.stubEnv('PATH', folder);
  writeFileSync(path, Buffer.from('fd377a585a000004e6d6b446', 'hex'));
  expect(await refusal(openArchive(path), folder)).toBe(
    'unsupported: images is compressed with xz, and xz is not installed here | install xz, or unpack it elsewhere with xz -d and give the .tar',
  );
});

test('a program that says nothing, and one that does not end, are waited for no longer than their output', async () => {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  vi.stubEnv('PATH', `${bin}:/usr/bin:/bin`);
  writeFileSync(path, Buffer.from('fd377a585a000004e6d6b446', 'hex'));
  const program = (script: string) => {
    writeFileSync(join(bin, 'xz'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, 'xz'), 0o755);
  };
  program('exit 3');
  expect(await refusal(openArchive(path), folder)).toBe(
    'corrupt: images: could not unpack its xz: xz ended with status 3',
  );
  program('exec cat /dev/zero');
  expect(await refusal(openArchive(path, { limits: small }), folder)).toMatch(
    /^input: images: its 12 bytes unpack to more than/,
  );
});
