import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Diagnostic } from './diagnostic.js';
import { printDiagnostics } from './print.js';

describe('mistakes on paper', () => {
  let cwd: string;
  const mistake = (line: number, column: number, rest: Partial<Diagnostic> = {}, length = 4): Diagnostic => ({
    code: 'unknown-key',
    message: 'unknown key "hots"',
    place: { file: join(cwd, 'site.yaml'), line, column, length },
    ...rest,
  });
  const print = (...diagnostics: Diagnostic[]) => printDiagnostics(diagnostics, { color: false, cwd });

  beforeAll(() => {
    cwd = mkdtempSync(join(tmpdir(), 'provision-print-'));
    const lines = ['- name: x', '  hots: web\r', '\tb: 1', 'password: hunter2', `long: ${'a'.repeat(300)}`];
    writeFileSync(join(cwd, 'site.yaml'), `${lines.join('\n')}\n`);
  });
  afterAll(() => rmSync(cwd, { recursive: true }));

  it('has the place, the line, a caret and what to try, in the order of the file', () => {
    const hint = 'did you mean "hosts"?';
    const nowhere: Diagnostic = { code: 'extra-vars', message: '-e x: cannot read "x"' };
    expect(print(mistake(3, 2, { message: 'second' }, 1), mistake(2, 3, { hint }), nowhere)).toMatchInlineSnapshot(`
      "error -e x: cannot read "x"

      site.yaml:2:3 error unknown key "hots"
        2 |   hots: web
          |   ^^^^
        did you mean "hosts"?

      site.yaml:3:2 error second
        3 |  b: 1
          |  ^

      3 mistakes; no host was contacted
      "
    `);
  });

  it('says one mistake once', () => {
    expect(print(mistake(1, 1), mistake(1, 1))).toContain('1 mistake;');
  });

  it('shows the part of a long line that matters', () => {
    const [, line = '', caret = ''] = print(mistake(5, 200)).split('\n');
    expect(line.length).toBeLessThan(180);
    expect(caret.indexOf('^')).toBeLessThan(60);
  });

  it('keeps passwords to itself', () => {
    expect(print(mistake(4, 11))).toContain('password: ********');
    expect(print(mistake(4, 11))).not.toContain('hunter2');
  });

  it('has colours only when told', () => {
    expect(printDiagnostics([mistake(2, 3)], { color: true, cwd })).toContain('\u001b[31merror\u001b[0m');
    expect(print(mistake(2, 3))).not.toContain('\u001b');
  });
});
