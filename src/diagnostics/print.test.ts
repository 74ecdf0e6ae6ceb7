import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Diagnostic } from './diagnostic.js';
import { printDiagnostics } from './print.js';

describe('errors on paper', () => {
  let cwd: string;
  const errorAt = (line: number, column: number, rest: Partial<Diagnostic> = {}, length = 4): Diagnostic => ({
    code: 'unknown-key',
    message: 'unknown key "hots"',
    place: { file: join(cwd, 'site.yaml'), line, column, length },
    ...rest,
  });
  const print = (...diagnostics: Diagnostic[]) => printDiagnostics(diagnostics, { color: false, cwd });

  beforeAll(() => {
    cwd = mkdtempSync(join(tmpdir(), 'provision-print-'));
    const lines = ['- name: x', '  hots: web\r', '\tb: 1', 'password: hunter2', `long: ${'a'.repeat(300)}`];
    lines.push('a\u001B[2J\u202E: \rweb');
    writeFileSync(join(cwd, 'site.yaml'), `${lines.join('\n')}\n`);
  });
  afterAll(() => rmSync(cwd, { recursive: true }));

  it('has the place, the line, a caret and what to try, in the order of the file', () => {
    const hint = 'did you mean "hosts"?';
    const nowhere: Diagnostic = { code: 'extra-vars', message: '-e x: cannot read "x"' };
    expect(print(errorAt(3, 2, { message: 'second' }, 1), errorAt(2, 3, { hint }), nowhere)).toMatchInlineSnapshot(`
      "error -e x: cannot read "x"

      site.yaml:2:3 error unknown key "hots"
        2 |   hots: web
          |   ^^^^
        did you mean "hosts"?

      site.yaml:3:2 error second
        3 |  b: 1
          |  ^

      3 errors; no host was contacted
      "
    `);
  });

  it('prints an error once', () => {
    expect(print(errorAt(1, 1), errorAt(1, 1))).toContain('1 error;');
  });

  it('shows 100 errors, and says how many more there are', () => {
    const text = print(...Array.from({ length: 250 }, (_, index) => ({ ...errorAt(1, 1), message: `no ${index}` })));
    expect(text.match(/error no/g)).toHaveLength(100);
    expect(text.split('\n').slice(-4)).toEqual([
      '150 more are not listed: correct these first',
      '',
      '250 errors; no host was contacted',
      '',
    ]);
  });

  it('shows the part of a long line that matters', () => {
    const [, line = '', caret = ''] = print(errorAt(5, 200)).split('\n');
    expect(line.length).toBeLessThan(180);
    expect(caret.indexOf('^')).toBeLessThan(60);
  });

  it('keeps passwords to itself', () => {
    expect(print(errorAt(4, 11))).toContain('password: ********');
    expect(print(errorAt(4, 11))).not.toContain('hunter2');
  });

  it('shows what a line holds that acts on a terminal, with the caret under what is seen of it', () => {
    const [, line = '', caret = ''] = print(errorAt(6, 7, {}, 3)).split('\n');
    expect(line).toBe(String.raw`  6 | a\x1b[2J\u{202e}: \x0dweb`);
    expect(caret.indexOf('^')).toBe(line.indexOf(': '));
    expect(caret.trimEnd()).toMatch(/\^{6}$/);
  });

  it('forges no line with a message, a hint or the name of a file', () => {
    const text = 'x\u001B[2J\nFORGED';
    const place = { file: join(cwd, text), line: 1, column: 1 };
    const shown = String.raw`x\x1b[2J\nFORGED`;
    expect(print(errorAt(1, 1, { message: text, hint: text, place }))).toContain(
      `${shown}:1:1 error ${shown}\n  ${shown}\n`,
    );
  });

  it.each([
    [1, 1 << 30, 1],
    [1, 1, 1 << 30],
    [1, -5, -7],
    [1 << 30, 0, 0],
    [5, 301, 3],
  ])('stays small at %i:%i, whatever the length %i', (line, column, length) => {
    expect(print(errorAt(line, column, {}, length)).length).toBeLessThan(600);
  });

  it('shortens a message that quotes a whole file', () => {
    expect(print(errorAt(1, 1, { message: 'x'.repeat(1 << 20) })).length).toBeLessThan(5000);
  });

  it('has colours only when they are wanted', () => {
    expect(printDiagnostics([errorAt(2, 3)], { color: true, cwd })).toContain('\u001b[31merror\u001b[0m');
    expect(print(errorAt(2, 3))).not.toContain('\u001b');
  });
});
