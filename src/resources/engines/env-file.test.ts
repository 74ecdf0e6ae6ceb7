import { describe, expect, it } from 'vitest';
import { readEnvFile } from './env-file.js';

const values = (text: string) =>
  readEnvFile(text).assignments.map(({ name, value, doubt }) => [name, doubt === undefined ? value : `? ${doubt}`]);

describe('a file of variables, as systemd reads it', () => {
  it.each<[string, string[][]]>([
    [
      `A=b\nC='d e'\n`,
      [
        ['A', 'b'],
        ['C', 'd e'],
      ],
    ],
    [
      `  A = "b"  \r\nC=d`,
      [
        ['A', 'b'],
        ['C', 'd'],
      ],
    ],
    ['A="b \\"c\\" \\$d \\`e\\` \\\\"', [['A', 'b "c" $d `e` \\']]],
    [
      'A="-D \\\n  --ipv6"\nB=1',
      [
        ['A', '-D   --ipv6'],
        ['B', '1'],
      ],
    ],
    [
      'A=-D \\\n  --ipv6\nB=1',
      [
        ['A', '-D   --ipv6'],
        ['B', '1'],
      ],
    ],
    [`A='-D\n--ipv6'`, [['A', '-D\n--ipv6']]],
    [`A="-D"' --ipv6'\n`, [['A', '-D --ipv6']]],
    [
      'A=\nB=',
      [
        ['A', ''],
        ['B', ''],
      ],
    ],
    ['# A=1\n; B=2\n#C \\\nD=3\nE=4', [['E', '4']]],
    ['if [ -z "$A" ]; then\n    A=1\nfi\n', [['A', '1']]],
    ['[ -n "$B" ] && A=1\n', []],
    ['export A=1\n', [['A', '? systemd ignores a line that begins with export']]],
    ['A="-D" # why\n', [['A', '? text after the quotes is part of the value for systemd']]],
    ['A="-D" "-E"\n', [['A', '? text after the quotes is part of the value for systemd']]],
    ['A=-D # why\n', [['A', '-D # why']]],
    [`A=-D'x'\n`, [['A', '? quotes after unquoted text are read differently by shells and versions of systemd']]],
    [
      'A="-D\nB=1\n',
      [
        ['A', '? a quote is not closed, or a backslash is read differently by shells and versions of systemd'],
        ['B', '1'],
      ],
    ],
    [
      `A='\\d'\n`,
      [['A', '? a quote is not closed, or a backslash is read differently by shells and versions of systemd']],
    ],
    ['A=b\\', [['A', '? a backslash is read differently by shells and versions of systemd']]],
  ])('%j', (text, expected) => {
    expect(values(text)).toEqual(expected);
  });
});
