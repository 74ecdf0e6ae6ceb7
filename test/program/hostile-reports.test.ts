import { join } from 'node:path';
import { execa, execaSync } from 'execa';
import { expect, test, vi } from 'vitest';
import { jsonReporter } from '../../src/report/json.js';
import { junitReporter } from '../../src/report/junit.js';
import { linesReporter } from '../../src/report/lines.js';
import { liveReporter } from '../../src/report/live/live.js';
import type { Reporter } from '../../src/report/reporter.js';
import { hostileEvents, hostileReport } from '../hostile/events.js';
import { faultsIn, hostileName } from '../hostile/payload.js';
import { checkout } from '../kit/provision.js';

type Make = (write: (text: string) => void) => Reporter;

const options = { color: true, verbosity: 3, diff: true, profile: true, columns: 100, cwd: '/' };
const makers: readonly (readonly [string, boolean, Make])[] = [
  ['live rows', true, (write) => liveReporter({ ...options, write })],
  ['lines', false, (write) => linesReporter({ ...options, color: false, write })],
  ['lines in colour', true, (write) => linesReporter({ ...options, verbosity: 1, write })],
  ['JSON', false, (write) => jsonReporter({ write })],
  ["JUnit's XML", false, (write) => junitReporter({ write, name: hostileName('site'), cwd: '/' })],
];

test.each(makers)('%s of a run, each event of which is hostile, forge nothing', async (_what, isTerminal, make) => {
  let output = '';
  const write = (text: string) => {
    output += text;
  };
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    write(String(text));
    return true;
  });
  try {
    const reporter = make(write);
    for (const event of hostileEvents) {
      reporter.onEvent(event);
      await new Promise((resolve) => setTimeout(resolve, isTerminal ? 20 : 0));
    }
    await reporter.end(hostileReport);
  } finally {
    spy.mockRestore();
  }
  expect(output).toContain('PAINTED');
  expect(faultsIn(output, { isTerminal })).toEqual([]);
});

const hasTerminals = execaSync('script', ['--version'], { reject: false }).stdout?.includes('util-linux') ?? false;

test.skipIf(!hasTerminals)(
  'a question on a terminal forges nothing, nor does what is wrong with the answer',
  async () => {
    const words = ['vault', 'encrypt-string', '--vault-id', `${hostileName('id')}@prompt`];
    const quoted = ['node', join(checkout, 'dist/src/cli/main.js'), ...words].map((word) => `'${word}'`).join(' ');
    const terminal = execa('script', ['-qec', quoted, '/dev/null'], { cwd: checkout, stdin: 'pipe', reject: false });
    terminal.stdout.on('data', (chunk: Buffer) => {
      if (chunk.includes('New vault password')) terminal.stdin.write('one\r');
      if (chunk.includes('The same again')) terminal.stdin.write('other\r');
    });
    const { stdout } = await terminal;
    expect(stdout).toContain('the two passwords differ');
    expect(stdout).toContain(String.raw`New vault password (id\x1b]0;PWNED`);
    expect(faultsIn(stdout.replaceAll('\r\n', '\n'), { isTerminal: true })).toEqual([]);
  },
);
