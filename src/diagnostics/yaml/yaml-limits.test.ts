import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Diagnostics } from '../diagnostic.js';
import { nearest } from '../nearest.js';
import { largestText, readTextFile } from '../read-text.js';
import { parseYaml } from './yaml-file.js';

function errorsOf(text: string): string[] {
  const diagnostics = new Diagnostics();
  parseYaml('f.yaml', text, diagnostics);
  return diagnostics.all.map(({ place, message }) => `${place?.line}:${place?.column} ${message}`);
}

function lines(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join('');
}

describe('a file in YAML that somebody else wrote', () => {
  it('may have 20000 keys in a map, which once took minutes', () => {
    expect(errorsOf(lines(20_000, (index) => `k${index}: 1\n`))).toEqual([]);
  });

  it('may have 5000 aliases, of which each once cost a pass', () => {
    expect(errorsOf(`- &a x\n${'- *a\n'.repeat(5000)}`)).toEqual([]);
    expect(errorsOf(`a: &a {x: 1}\n${lines(2000, (index) => `k${index}: {<<: *a}\n`)}`)).toEqual([]);
  });

  it('has its first 100 errors reported, and how many more there are', () => {
    const repeated = errorsOf('k: 1\n'.repeat(5000));
    expect(repeated.slice(98)).toEqual([
      '100:1 YAML: map keys must be unique',
      '101:1 YAML: map keys must be unique',
      '102:1 4899 more errors in this file',
    ]);
    const unanchored = errorsOf(lines(3000, (index) => `- &a${index} x\n- *b${index}\n`));
    expect(unanchored.slice(99)).toEqual(['200:3 nothing is anchored as &b99', '202:3 2900 more errors in this file']);
  });

  it.each([
    [
      '10001 anchors',
      lines(10_001, (index) => `- &a${index} x\n`),
      '10001:11 the file has more than 10000 anchors or aliases',
    ],
    ['10001 aliases', `- &a x\n${'- *a\n'.repeat(10_001)}`, '10002:3 the file has more than 10000 anchors or aliases'],
    [
      'maps merged into maps merged into maps',
      `k0: &k0 {x: 1}\n${lines(2000, (index) => `k${index + 1}: &k${index + 1} {<<: *k${index}, y${index}: 1}\n`)}`,
      expect.stringContaining('aliases make this file far larger than it is'),
    ],
    [
      '101 lists in lists',
      `${'['.repeat(101)}${']'.repeat(101)}`,
      '1:101 lists and maps are nested more than 100 deep',
    ],
    [
      '2000 maps in maps',
      lines(2000, (index) => `${' '.repeat(index)}a:\n`),
      expect.stringContaining('YAML: lists and maps are nested more than 100 deep'),
    ],
    ['a million lines', '\n'.repeat(1_000_000), '1:1 the file has more than 400000 lines, commas, colons and brackets'],
    [
      'a million texts',
      `"a"`.repeat(1_000_000),
      '1:1 the file has more than 400000 lines, commas, colons and brackets',
    ],
  ])('is refused with %s', (_, text, message) => {
    expect(errorsOf(text)[0]).toEqual(message);
  });

  it('may be 100 deep', () => {
    expect(errorsOf(`${'['.repeat(100)}${']'.repeat(100)}`)).toEqual([]);
  });
});

describe('a text that is read', () => {
  const folder = mkdtempSync(join(tmpdir(), 'read-text-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('may be empty, short, or what a device that ends gives', () => {
    const file = join(folder, 'short');
    writeFileSync(file, 'é\n');
    expect([readTextFile(file), readTextFile('/dev/null')]).toEqual(['é\n', '']);
  });

  it('is refused when it never ends, when nobody writes it, and when it is too large', () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const large = join(folder, 'large');
    writeFileSync(large, '');
    truncateSync(large, 2 ** 31);
    expect(() => readTextFile('/dev/zero')).toThrow('it has more than 16 MiB: split it');
    expect(() => readTextFile(pipe)).toThrow('it is a named pipe, which may never end: give a file, or <(…)');
    expect(() => readTextFile(large)).toThrow('it has more than 16 MiB: split it');
    truncateSync(large, largestText);
    expect(readTextFile(large)).toHaveLength(largestText);
  });

  it('may come from another command', () => {
    const script = `import { readTextFile } from ${JSON.stringify(new URL('../read-text.ts', import.meta.url).pathname)};
      process.stdout.write(readTextFile('/dev/stdin'));`;
    const jiti = new URL('../../../node_modules/.bin/jiti', import.meta.url).pathname;
    const program = join(folder, 'program.ts');
    writeFileSync(program, script);
    const said = execFileSync('sh', ['-c', `printf ab | ${jiti} ${program}`], {
      encoding: 'utf8',
    });
    expect(said).toBe('ab');
  });
});

describe('the nearest of many names', () => {
  it('is looked for among the first 1000, and not for a word of a megabyte', () => {
    let asked = 0;
    const names = function* () {
      for (; ; asked += 1) yield `host${asked}`;
    };
    expect(nearest('hots7', names())).toBe('host7');
    expect(asked).toBeLessThanOrEqual(1000);
    expect(nearest('x'.repeat(1_000_000), ['x'])).toBeUndefined();
  });
});
