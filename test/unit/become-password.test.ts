import { fileURLToPath } from 'node:url';
import { execa, execaSync } from 'execa';
import { afterEach, expect, test } from 'vitest';
import { becomePassword } from '../../src/cli/terminal/become-password.js';
import { Diagnostics } from '../../src/diagnostics/diagnostic.js';

const cwd = fileURLToPath(new URL('../..', import.meta.url));
const ask = ['node', '--import', 'jiti/register', 'test/unit/ask-password.ts'] as const;
const hasTerminals =
  process.env.PROVISION_REQUIRE_LAB === '1' ||
  (execaSync('script', ['--version'], { reject: false }).stdout?.includes('util-linux') ?? false);

afterEach(() => {
  delete process.env.PROVISION_BECOME_PASSWORD;
});

test('comes from the environment, and is taken out of it', async () => {
  process.env.PROVISION_BECOME_PASSWORD = 'sesame';
  expect(await becomePassword(false, new Diagnostics())).toBe('sesame');
  expect(process.env.PROVISION_BECOME_PASSWORD).toBeUndefined();
  expect(await becomePassword(false, new Diagnostics())).toBeUndefined();
});

test('cannot be asked for where there is no terminal', async () => {
  const [node, ...args] = ask;
  const { stdout } = await execa(node, args, { cwd, stdin: 'ignore' });
  expect(JSON.parse(stdout).mistakes).toMatchInlineSnapshot(`
    [
      {
        "code": "become-password",
        "hint": "set PROVISION_BECOME_PASSWORD in the environment instead",
        "message": "-K asks for the sudo password, but standard input is not a terminal",
      },
    ]
  `);
});

// Needs a terminal, which only `script` of util-linux gives here; where everything is required it runs all the same.
test.skipIf(!hasTerminals)('is asked for with echo off', async () => {
  const terminal = execa('script', ['-qec', ask.join(' '), '/dev/null'], { cwd, stdin: 'pipe' });
  terminal.stdout.on('data', (chunk: Buffer) => {
    if (chunk.includes('BECOME password: ')) setTimeout(() => terminal.stdin.write('open sesame\r'), 100);
  });
  const { stdout } = await terminal;
  expect(stdout.replaceAll('\r', '')).toBe('BECOME password: \n{"length":11,"mistakes":[]}');
});
