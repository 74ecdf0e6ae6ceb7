import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa, execaSync } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventSchema, reportSchema } from '../../src/engine/events.js';
import { checkout, type ProvisionResult, provision } from '../kit/provision.js';
import { type HereResult, provisionHere } from '../kit/provision-here.js';

let folder = '';
const at = (name: string) => join(folder, name);
const runs = () => at('.provision/runs');
const logs = () => (existsSync(runs()) ? readdirSync(runs()).sort() : []);
const lastLog = () => readFileSync(join(runs(), logs().at(-1) ?? ''), 'utf8');

/** Runs with logs in this process, staged into the folder: hosts then need no lock of this machine. */
const run = (...args: string[]) =>
  provisionHere([...args, '--root', at('root')], { cwd: folder, env: { PROVISION_KEEP_RUNS: '' } });
const list = (...args: string[]) => provisionHere(['runs', ...args], { cwd: folder });
/** The same by the built command. */
const runCommand = (...args: string[]): Promise<ProvisionResult> =>
  provision([...args, '--root', at('root')], { cwd: folder, env: { PROVISION_KEEP_RUNS: '' } });
const listCommand = (...args: string[]) => provision(['runs', ...args], { cwd: folder });

/** Hosts a, b and c; on those that are named the task fails, as a file is where its folder would be. */
function writeSite(fails: readonly string[]): void {
  const hosts = ['a', 'b', 'c'].map((name) => [
    name,
    { ansible_connection: 'local', path: fails.includes(name) ? `/obstacle/${name}` : `/${name}` },
  ]);
  writeFileSync(at('inventory.yaml'), JSON.stringify({ all: { hosts: Object.fromEntries(hosts) } }));
  writeFileSync(
    at('site.yaml'),
    '- hosts: all\n  tasks:\n    - file: { path: "{{path}}", content: "{{word}}\\n" }\n  vars: { word: hello }\n',
  );
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'run-logs-'));
  mkdirSync(at('root'));
  writeFileSync(at('root/obstacle'), '');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const recap = (result: HereResult | ProvisionResult) =>
  [...result.stdout.matchAll(/^(\w+) +: ok=/gm)].map(([, host]) => host).join('');

test('a run leaves its events and its report, for its owner only, and is listed and shown', async () => {
  writeSite(['b']);
  const first = await runCommand('site.yaml', '--diff', '-e', 'some_password=hunter2hunter2');
  expect(first.status).toBe(2);
  const [header = '', ...documents] = lastLog().trimEnd().split('\n');
  expect(JSON.parse(header)).toMatchObject({ run: 1, site: 'site.yaml', hosts: ['a', 'b', 'c'], check: false });
  expect(JSON.parse(header).options).toEqual({
    diff: true,
    extraVars: ['some_password=********'],
    forks: 32,
    root: at('root'),
  });
  for (const each of documents.slice(0, -1)) eventSchema.parse(JSON.parse(each));
  expect(reportSchema.parse(JSON.parse(documents.at(-1) ?? '')).exitStatus).toBe(2);
  expect(statSync(runs()).mode & 0o777).toBe(0o700);
  expect(statSync(join(runs(), logs()[0] ?? '')).mode & 0o777).toBe(0o600);

  const shown = await listCommand('show', 'last', '--diff');
  expect(shown.stdout.split('\n').slice(2).join('\n')).toBe(first.stdout);
  const json = await listCommand('show', logs()[0]?.slice(0, 15) ?? '', '--output', 'json');
  expect(json.stdout).toBe(documents.join('\n'));
  const listed = await listCommand();
  expect(
    listed.stdout
      .replaceAll(/\d{8}T\d{6}-\w{7}/g, 'ID')
      .replaceAll(/[-\d]{10} [:\d]{8}/g, 'WHEN')
      .replaceAll(/\d\.\ds/g, 'TIME'),
  ).toMatchInlineSnapshot(`
    "RUN                      WHEN                 SITE       HOSTS  CHANGED  FAILED  TIME  ENDED
    ID  WHEN  site.yaml  3      2        1       TIME  failed"
  `);
});

test('looking leaves no log; the oldest logs make room for the new ones; none are kept where none are wanted', async () => {
  writeSite([]);
  for (const look of ['--syntax-check', '--list-hosts']) await run('site.yaml', look);
  expect(logs()).toEqual([]);
  const keeping = (keep: string) =>
    provisionHere(['site.yaml', '--root', at('root')], { cwd: folder, env: { PROVISION_KEEP_RUNS: keep } });
  await keeping('0');
  expect(logs()).toEqual([]);
  writeFileSync(at('other.txt'), '');
  for (let times = 0; times < 3; times++) await keeping('2');
  expect(logs()).toHaveLength(2);
  const odd = await keeping('many');
  expect(odd).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('PROVISION_KEEP_RUNS=many is not a whole number'),
  });
});

test('where there can be no log the run goes on, and says so', async () => {
  writeSite([]);
  writeFileSync(at('.provision'), 'a file');
  const { status, stdout } = await run('site.yaml');
  expect(status).toBe(0);
  expect(stdout.replaceAll(folder, '.')).toContain(
    'the log of this run in ./.provision/runs is missing or incomplete: ',
  );
});

test('the hosts of the last run are run again: those that failed, those that did not, all', async () => {
  writeSite(['b', 'c']);
  expect(await run('site.yaml', '--rerun', 'failed')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('--rerun: there is no log of a run of this site in '),
  });
  await run('site.yaml', '--check');
  expect((await run('site.yaml', '--rerun', 'failed')).stderr).toContain('all runs of this site were with --check');
  expect(recap(await run('site.yaml'))).toBe('abc');
  await run('site.yaml', '--check'); // Doesn't count.
  expect((await run('site.yaml', '--rerun', 'success', '--list-hosts')).stdout).toContain('hosts (1):\n      a');
  const both = await run('site.yaml', '--rerun', 'failed', '--limit', 'b,a');
  expect([both.status, recap(both)]).toEqual([2, 'b']);
  writeSite([]);
  const mended = await run('site.yaml', '--rerun', 'failed');
  expect([mended.status, recap(mended)]).toEqual([0, 'b']);
  const none = await run('site.yaml', '--rerun', 'failed');
  expect(none).toMatchObject({ status: 0, stdout: '' });
  expect(none.stderr).toMatch(
    /^note: nothing failed in the last run \([-\d]+ [:\d]+ UTC\): there is nothing to run again$/,
  );
  expect(recap(await run('site.yaml', '--rerun', 'all'))).toBe('b');
  const elsewhere = await run('site.yaml', '--rerun', 'all', '--limit', 'a');
  expect(elsewhere).toMatchObject({ status: 1, stderr: expect.stringContaining('no play has them now (b)') });
});

test('a run that is killed leaves what it said, is known as such, and all its hosts are run again', async () => {
  writeSite([]);
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const address = silent.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const hosts = { a: { ansible_connection: 'local', path: '/a' }, slow: { host: '127.0.0.1', port, path: '/slow' } };
  writeFileSync(at('inventory.yaml'), JSON.stringify({ all: { hosts } }));
  const main = join(checkout, 'dist/src/cli/main.js');
  const child = spawn(process.execPath, [main, 'site.yaml', '--root', at('root')], {
    cwd: folder,
    env: { ...process.env, PROVISION_KEEP_RUNS: '' },
    stdio: 'ignore',
  });
  const died = new Promise((resolve) => child.once('exit', resolve));
  await expect.poll(() => logs().length > 0 && lastLog(), { timeout: 20_000 }).toContain('"task-end"');
  expect((await list()).stdout).toMatch(/running$/);
  child.kill('SIGKILL');
  await died;
  silent.close();
  expect((await list()).stdout).toMatch(/ 2 +- +- +- +killed$/);
  expect((await list('show')).stdout).toMatch(/a › file \/a: changed.*\nthe log ends here: the run was killed$/);
  writeSite([]);
  const again = await run('site.yaml', '--rerun', 'failed');
  expect([again.status, recap(again)]).toEqual([0, 'a']);
  expect(again.stderr).toContain('no play has slow of the last run');
});

test('JUnit: as the output, or in a file beside it, which is tried before any host is contacted', async () => {
  writeSite(['b']);
  const { stdout } = await run('site.yaml', '--output', 'junit');
  expect(stdout).toMatch(
    /^<\?xml version="1.0" encoding="UTF-8"\?>\n<testsuites name="site.yaml" tests="3" failures="1"/,
  );
  const beside = await run('site.yaml', '--junit', 'out.xml', '--profile');
  expect(beside.stdout).toMatch(
    /PLAY RECAP[\s\S]*SLOWEST TASKS\n[\s\S]*SLOWEST TASKS, all hosts together\n[\s\S]*1 failure\n/,
  );
  expect(readFileSync(at('out.xml'), 'utf8')).toContain('<testsuite name="b" tests="1" failures="1"');
  const before = logs().length;
  expect(await run('site.yaml', '--junit', 'no/out.xml')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('--junit no/out.xml: no such file or directory'),
  });
  expect(logs()).toHaveLength(before);
});

test('a variable that is asked for is a secret: from the environment, or not at all off a terminal', async () => {
  writeSite([]);
  const asking = ['site.yaml', '--ask', 'word', '--diff', '-vvv', '--root', at('root')];
  const text = 'X{{asked}} "canary"';
  const given = await provision(asking, { cwd: folder, env: { PROVISION_ASK_WORD: text, PROVISION_KEEP_RUNS: '' } });
  expect(given.status).toBe(0);
  expect(readFileSync(at('root/a'), 'utf8')).toBe(`${text}\n`);
  expect(given.stdout + given.stderr + lastLog()).not.toMatch(/asked|canary/);
  expect(await run('site.yaml', '--ask', 'word', '--ask', 'wrong-name')).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(
      /--ask word: standard input is not a terminal[\s\S]*--ask wrong-name: no name of a variable/,
    ),
  });
});

const hasTerminals =
  process.env.PROVISION_REQUIRE_LAB === '1' ||
  (execaSync('script', ['--version'], { reject: false }).stdout?.includes('util-linux') ?? false);

test.skipIf(!hasTerminals)('and on a terminal with echo off, each once', async () => {
  writeSite([]);
  writeFileSync(
    at('run'),
    `exec node ${join(checkout, 'dist/src/cli/main.js')} site.yaml --limit a --ask word --ask path --root root --output lines\n`,
  );
  chmodSync(at('run'), 0o755);
  const terminal = execa('script', ['-qec', 'sh ./run', '/dev/null'], {
    cwd: folder,
    stdin: 'pipe',
    env: { PROVISION_KEEP_RUNS: '' },
  });
  const answers = new Map([
    ['word: ', 'Xcanaryword'],
    ['path: ', '/somewhere'],
  ]);
  terminal.stdout.on('data', (chunk: Buffer) => {
    for (const [prompt, answer] of answers) {
      if (!chunk.includes(prompt)) continue;
      answers.delete(prompt);
      setTimeout(() => terminal.stdin.write(`${answer}\r`), 100);
    }
  });
  const { stdout } = await terminal;
  expect(readFileSync(at('root/somewhere'), 'utf8')).toBe('Xcanaryword\n');
  expect(stdout + lastLog()).not.toMatch(/Xcanary/);
  expect(stdout).toContain('file (secret): ');
});
