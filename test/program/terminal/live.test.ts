import { fileURLToPath } from 'node:url';
import { execa, execaSync } from 'execa';
import { describe, expect, test } from 'vitest';
import { screen } from './screen.js';

const checkout = fileURLToPath(new URL('../../..', import.meta.url));
/** `script` of util-linux runs a command in a terminal of its own. */
const hasTerminals =
  process.env.PROVISION_REQUIRE_LAB === '1' ||
  (execaSync('script', ['--version'], { reject: false }).stdout?.includes('util-linux') ?? false);

const esc = '\u001B';

async function inTerminal(
  size: { rows: number; columns: number },
  run: { hosts: number; tasks: number; milliseconds: number },
  env: Record<string, string> = {},
): Promise<string> {
  const demo = `node --import jiti/register test/program/terminal/live-run.ts ${run.hosts} ${run.tasks} ${run.milliseconds}`;
  const command = `stty rows ${size.rows} columns ${size.columns}; ${demo}`;
  const { stdout } = await execa('script', ['-qec', command, '/dev/null'], {
    cwd: checkout,
    env: { NO_COLOR: undefined, FORCE_COLOR: undefined, TERM: 'xterm-256color', TZ: 'UTC', ...env },
    stdin: 'ignore',
  });
  return stdout;
}

/** The screen after each drawing: drawings begin with taking the rows of the one before away. */
function frames(bytes: string): string[][] {
  const starts = [...bytes.matchAll(new RegExp(`${esc}\\[\\d+F`, 'g'))].map((match) => match.index);
  return starts.map((end) => screen(bytes.slice(0, end)));
}

// Needs a terminal, which only `script` of util-linux gives here; where everything is required it runs all the same.
describe.skipIf(!hasTerminals)('live view in a terminal', () => {
  test('one row a host with its task and the newest line, changes above, then the recap and no rows', async () => {
    const bytes = await inTerminal({ rows: 24, columns: 80 }, { hosts: 3, tasks: 3, milliseconds: 300 });
    const drawn = frames(bytes).map((lines) => lines.filter((line) => /web\d image-sync › images \d( │|$)/.test(line)));
    expect(Math.max(...drawn.map((rows) => rows.length))).toBe(3);
    expect(drawn.flat().some((row) => /^\S+ web1 image-sync › images 2 │ layer 2 pulled$/.test(row))).toBe(true);
    const [shown = ''] = screen(bytes).join('\n').split('\ntook');
    expect(shown.replaceAll(/^\d\d:\d\d:\d\d/gm, '12:00:01')).toMatchInlineSnapshot(`
      "12:00:01 play registries (web1, web2, web3)
      12:00:01 web1 image-sync › images 3: changed (synced)
      12:00:01 web2 image-sync › images 3: changed (synced)
      12:00:01 web3 image-sync › images 3: changed (synced)

      PLAY RECAP *********************************************************************
      web1                       : ok=3    changed=1    1.0s
      web2                       : ok=3    changed=1    1.0s
      web3                       : ok=3    changed=1    1.0s
      3 hosts in 1.0s"
    `);
    expect(bytes.lastIndexOf('\u001B[?25h')).toBeGreaterThan(bytes.lastIndexOf('\u001B[?25l'));
  });

  test('no more rows than the terminal has lines, none longer than it is wide', async () => {
    const bytes = await inTerminal({ rows: 8, columns: 40 }, { hosts: 20, tasks: 3, milliseconds: 300 });
    const drawn = frames(bytes).map((lines) =>
      lines.filter((line) => line.includes('› images') && !/^\d\d:/.test(line)),
    );
    expect(Math.max(...drawn.map((rows) => rows.length))).toBe(5);
    expect(Math.max(...drawn.flat().map((row) => row.length))).toBeLessThanOrEqual(40);
    expect(frames(bytes).flat()).toContain('… 15 more hosts at work');
  });

  test('no colours with NO_COLOR', async () => {
    const bytes = await inTerminal(
      { rows: 24, columns: 80 },
      { hosts: 2, tasks: 2, milliseconds: 200 },
      { NO_COLOR: '1' },
    );
    expect(bytes).not.toMatch(new RegExp(`${esc}\\[[\\d;]*m`));
  });

  test('drawn ten times a second at most, however much happens', async () => {
    const bytes = await inTerminal({ rows: 50, columns: 120 }, { hosts: 100, tasks: 20, milliseconds: 50 });
    const seconds = Number(/took (\d+) ms/.exec(bytes)?.[1]) / 1000;
    expect(frames(bytes).length).toBeLessThanOrEqual(seconds * 11 + 2);
  });
});
