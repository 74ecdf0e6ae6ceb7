import { fileURLToPath } from 'node:url';
import { execa, execaSync } from 'execa';
import { afterEach, expect, test } from 'vitest';
import { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import { findBecomePassword } from '../../../src/library/session/become-password.js';

const cwd = fileURLToPath(new URL('../../..', import.meta.url));
const ask = ['node', '--import', 'jiti/register', 'test/program/terminal/ask-password.ts'] as const;
const hasTerminals =
  process.env.PROVISION_REQUIRE_LAB === '1' ||
  (execaSync('script', ['--version'], { reject: false }).stdout?.includes('util-linux') ?? false);

afterEach(() => {
  delete process.env.PROVISION_BECOME_PASSWORD;
});

const nobody = { ask: false, askSecret: undefined };

test('comes from the environment, is taken out of it, and is there for the next session', async () => {
  process.env.PROVISION_BECOME_PASSWORD = 'sesame';
  expect(await findBecomePassword(nobody, new Diagnostics())).toBe('sesame');
  expect(process.env.PROVISION_BECOME_PASSWORD).toBeUndefined();
  expect(await findBecomePassword(nobody, new Diagnostics())).toBe('sesame');
  process.env.PROVISION_BECOME_PASSWORD = '';
  expect(await findBecomePassword(nobody, new Diagnostics())).toBeUndefined();
});

test('cannot be asked for where there is no terminal', async () => {
  const [node, ...args] = ask;
  const { stdout } = await execa(node, args, { cwd, stdin: 'ignore' });
  expect(JSON.parse(stdout).errors).toMatchInlineSnapshot(`
    [
      {
        "code": "become-password",
        "hint": "set PROVISION_BECOME_PASSWORD in the environment instead",
        "message": "the sudo password cannot be entered: standard input is not a terminal",
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
  expect(stdout.replaceAll('\r', '')).toBe('BECOME password: \n{"length":11,"errors":[]}');
});
