import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa, execaSync } from 'execa';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { provision, provisionJson } from '../kit/provision.js';

const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'step-'));
afterAll(() => rmSync(folder, { recursive: true }));

const site = `
- name: First
  hosts: all
  tasks:
    - {name: Make one, directory: {path: /one}}
- name: Second
  hosts: all
  tasks:
    - import_tasks: more.yaml
    - {name: Make three, directory: {path: /three}}
`;

beforeEach(() => {
  for (const name of ['web1', 'web2']) {
    rmSync(join(folder, name), { recursive: true, force: true });
    mkdirSync(join(folder, name));
  }
  const hosts = ['web1', 'web2'].map((name) => `${name}: {root: ${join(folder, name)}}`).join(', ');
  writeFileSync(join(folder, 'inventory.yaml'), `all: {vars: {ansible_connection: local}, hosts: {${hosts}}}\n`);
  writeFileSync(join(folder, 'site.yaml'), site);
  writeFileSync(join(folder, 'more.yaml'), '- {name: Make two, directory: {path: /two}}\n');
});

const made = () =>
  ['web1', 'web2'].flatMap((host) =>
    ['one', 'two', 'three'].filter((name) => existsSync(join(folder, host, name))).map((name) => `${host} ${name}`),
  );

test('--start-at-task begins with a task, also one in an imported file; plays before it are left out', async () => {
  const { tasks, status } = await provisionJson([join(folder, 'site.yaml'), '--start-at-task', '* two']);
  expect(status).toBe(0);
  expect(tasks.map(({ host, task }) => `${host} ${task}`).sort()).toEqual([
    'web1 Make three',
    'web1 Make two',
    'web2 Make three',
    'web2 Make two',
  ]);
  expect(made()).toEqual(['web1 two', 'web1 three', 'web2 two', 'web2 three']);
});

test('a task that is not there, or nobody to ask, is told before any host is contacted', async () => {
  const unknown = await provision([join(folder, 'site.yaml'), '--start-at-task', 'Make tow']);
  expect(unknown).toMatchObject({ status: 1, stdout: '' });
  expect(unknown.stderr).toContain('there is no task named "Make tow"');
  expect(unknown.stderr).toContain('did you mean "Make two"?');
  const unasked = await provision([join(folder, 'site.yaml'), '--step']);
  expect(unasked).toMatchObject({ status: 1, stdout: '' });
  expect(unasked.stderr).toContain('--step asks before each task, but standard input is not a terminal');
  expect(made()).toEqual([]);
});

const hasTerminals =
  process.env.PROVISION_REQUIRE_LAB === '1' ||
  (execaSync('script', ['--version'], { reject: false }).stdout?.includes('util-linux') ?? false);

/** Runs with `--step` on a terminal, and answers in turn. */
async function stepping(answers: readonly string[]) {
  const left = [...answers];
  const command = `${process.execPath} ${main} ${join(folder, 'site.yaml')} --step --no-color`;
  const terminal = execa('script', ['-qec', command, '/dev/null'], { stdin: 'pipe', reject: false, timeout: 60_000 });
  terminal.stdout.on('data', (chunk: Buffer) => {
    for (const _ of chunk.toString().matchAll(/\(c\)ontinue: /g)) {
      const answer = left.shift();
      if (answer !== undefined) setTimeout(() => terminal.stdin.write(answer), 50);
    }
  });
  const { stdout, exitCode } = await terminal;
  return { text: stdout.replaceAll('\r', ''), exitCode };
}

// Needs a terminal, which only `script` of util-linux gives here; where everything is required it runs all the same.
test.skipIf(!hasTerminals)(
  '--step asks before each task of each host: no is what nothing means, and it may be ended',
  async () => {
    const { text, exitCode } = await stepping(['y\r', '\r', 'what\r', 'c\r']);
    expect(exitCode).toBe(0);
    expect([...text.matchAll(/(web\d › [^:\n]*): \(N\)o/g)].map(([, title]) => title)).toEqual([
      'web1 › Make one',
      'web2 › Make one',
      'web1 › Make two',
      'web1 › Make two',
    ]);
    expect(made()).toEqual(['web1 one', 'web1 two', 'web1 three', 'web2 two', 'web2 three']);
  },
);

test.skipIf(!hasTerminals)('Ctrl-C at a question ends the run', async () => {
  const { text, exitCode } = await stepping(['y\r', '\u0003']);
  expect({ exitCode, text }).toMatchObject({ exitCode: 130 });
  expect(made()).toEqual(['web1 one']);
});
