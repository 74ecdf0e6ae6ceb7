import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa, execaSync } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seal } from '../../src/vars/vault/cipher.js';
import { writeEnvelope } from '../../src/vars/vault/envelope.js';
import { checkout, type ProvisionResult, provision } from '../kit/provision.js';
import { holding, runLock } from '../kit/vitest/holding.js';

holding(runLock);

/*
 * Canaries go through a run in every way that a secret can, and may come out nowhere. Each holds a word that no form of
 * quoting touches, so that what is looked for doesn't depend on what is being tested.
 */
const canaries = {
  inline: `Xinlinecanary "q" 'w' $r \\ %41 é`,
  template: 'Xtemplatecanary{{not_a_name}}',
  braces: 'Xbracescanary{{x}}{%',
  file: 'Xfilecanary/+/=',
  key: `-----BEGIN PRIVATE KEY-----\n${'Xkeycanary'.repeat(6)}\nXlastlinecanary\n-----END PRIVATE KEY-----\n`,
  marked: 'Xmarkedcanary',
  site: 'Xsitecanary',
  extra: 'Xextracanary',
};
const words = ['inline', 'template', 'braces', 'file', 'key', 'lastline', 'marked', 'site', 'extra'].map(
  (each) => `X${each}canary`,
);

const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
const at = (name: string) => join(folder, name);
const write = (name: string, text: string) => {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), text);
};
const sealed = (text: string, label?: string) =>
  writeEnvelope({ label, sealed: seal(Buffer.from(text), label === undefined ? 'first' : 'second') });
const inline = (text: string, indent: number, label?: string) =>
  `!vault |\n${sealed(text, label).trimEnd().replace(/^/gm, ' '.repeat(indent))}`;

const role = `
import { command, defineRole, secret, template } from 'registry-provision';
import { z } from 'zod';
export default defineRole({
  name: 'leaky',
  summary: 'Says all it knows',
  vars: z.object({
    leaky_folder: z.string(),
    leaky_password: secret(z.string()).describe('It'),
    leaky_key: z.string(),
    leaky_number: z.number().default(1),
  }),
  tasks: ({ vars }) => [
    template({ src: 'all.hbs', dest: vars.leaky_folder + '/all', data: vars, title: 'write ' + vars.leaky_password }),
    command({ title: 'tell', cmd: 'cat all >&2; base64 -w0 all; printf "%s\\n" ' + JSON.stringify(vars.leaky_password), chdir: vars.leaky_folder, always: true }),
  ],
});
`;

const site = (more = '') => `
- hosts: here
  vars:
    in_site: ${inline(canaries.site, 6, 'prod')}
  roles:
    - role: leaky
      vars:
        leaky_folder: ${folder}/out
        leaky_password: "{{marked}}"
        leaky_key: "{{key}}"
  tasks:
    - name: say {{in_inline}}
      debug: { msg: "{{in_inline}} {{in_template}} {{in_site}} {{in_extra_password}}" }
    - file: { path: "${folder}/out/more", content: "pass={{in_file_password}}\\n{{in_template}}\\n{{key}}\\n" }
    - file:
        path: ${folder}/out/braces
        content: ${inline(canaries.braces, 10)}
    - name: fails
      command:
        cmd: cat ${folder}/out/more; echo; cat ${folder}/out/all >&2; base64 -w0 ${folder}/out/more; exit 3
        always: true
${more}`;

beforeAll(() => {
  write('first', 'first\n');
  write('second', '#!/bin/sh\necho second\n');
  chmodSync(at('second'), 0o755);
  write(
    'inventory.yaml',
    `all:\n  hosts:\n    here:\n      ansible_connection: local\n      marked: ${canaries.marked}\n`,
  );
  write(
    'group_vars/all/inline.yaml',
    `in_inline: ${inline(canaries.inline, 4)}\nin_template: ${inline(canaries.template, 2)}\n`,
  );
  write('group_vars/all/whole.yaml', sealed(`in_file_password: ${canaries.file}\n`, 'prod'));
  write('host_vars/here.yaml', sealed(JSON.stringify({ key: canaries.key })));
  write('extra', sealed(`in_extra_password: ${canaries.extra}\n`));
  write('roles/leaky/index.ts', role);
  write('templates/all.hbs', '{{leaky_password}}\n{{leaky_key}}\n');
  write('site.yaml', site());
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const passwords = ['--vault-password-file', 'first', '--vault-id', 'prod@second'];
const run = async (...args: string[]): Promise<ProvisionResult> => {
  for (let tries = 0; ; tries++) {
    const result = await provision(['-e', '@extra', ...passwords, ...args], {
      cwd: folder,
      env: { PROVISION_KEEP_RUNS: '' },
    });
    // Other tests take the run lock of this machine too.
    if (result.status !== 4 || tries === 10) return result;
  }
};

const leaksIn = (text: string) =>
  words.filter((word) => text.includes(word) || coded(word).some((each) => text.includes(each)));

/** The middle of a word in base64, at each of the three places where it may begin. */
function coded(word: string): string[] {
  return [0, 1, 2].map((before) =>
    Buffer.from(' '.repeat(before) + word)
      .toString('base64')
      .slice(4, -4),
  );
}

test('canaries reach the host and no output: -vvv, differences, failures', async () => {
  mkdirSync(at('out'));
  writeFileSync(at('out/more'), 'pass=Xfilecanary-as-it-was\nother\n');
  const changed = await run('site.yaml', '-vvv', '--diff', '--force');
  expect(changed).toMatchObject({ status: 2, stdout: expect.stringContaining('exit status 3') });
  const more = readFileSync(at('out/more'), 'utf8');
  for (const each of [canaries.file, canaries.template, canaries.key.trim()]) expect(more).toContain(each);
  expect(readFileSync(at('out/all'), 'utf8')).toContain(canaries.marked);
  expect(readFileSync(at('out/braces'), 'utf8')).toBe(canaries.braces);
  expect(leaksIn(changed.stdout + changed.stderr)).toEqual([]);
  expect(changed.stdout).toContain('write (secret)');
  expect(changed.stdout).toContain('pass=(secret)');
  expect(changed.stdout).toContain('pass=(former secret)');
  expect(changed.stdout).toContain('(secret) (secret) (secret) (secret)');
});

test.each([
  [['--output', 'json', '-vvv', '--diff'], 2],
  [['--output', 'junit', '--junit', 'junit.xml', '-vvv', '--diff'], 2],
  [['--check', '--diff', '-vvv'], 0],
  [['-vvv', '-e', 'leaky_number={{in_inline}}'], 1],
  [['-vvv', '-e', 'in_extra_password={{key.nothing}}'], 1],
  [['--list-tasks'], 0],
  [['-e', '{in_file_password: {{in_inline}}'], 1],
])('nor with %j', async (args, status) => {
  const result = await run('site.yaml', ...args);
  expect(result.status, result.stdout + result.stderr).toBe(status);
  expect(leaksIn(result.stdout + result.stderr)).toEqual([]);
  if (args.includes('json')) for (const line of result.stdout.split('\n')) expect(() => JSON.parse(line)).not.toThrow();
});

test('nor in the logs of these runs, nor in documents', () => {
  const logs = readdirSync(at('.provision/runs')).map((name) => at(`.provision/runs/${name}`));
  expect(logs.length).toBeGreaterThan(3);
  for (const file of [...logs, at('junit.xml')]) expect(leaksIn(readFileSync(file, 'utf8')), file).toEqual([]);
});

const hasTerminals = execaSync('script', ['--version'], { reject: false }).stdout?.includes('util-linux') ?? false;

test.skipIf(!hasTerminals)('nor in the rows of a terminal', async () => {
  const command = ['node', join(checkout, 'dist/src/cli/main.js'), 'site.yaml', '-vv', '-e', '@extra', ...passwords];
  const { stdout } = await execa('script', ['-qec', `stty rows 30 columns 60; ${command.join(' ')}`, '/dev/null'], {
    cwd: folder,
    env: { TERM: 'xterm-256color' },
    reject: false,
    stdin: 'ignore',
  });
  expect(stdout).toContain('PLAY RECAP');
  expect(leaksIn(stdout)).toEqual([]);
});

test('what is missing a password is told with its place, before anything is touched', async () => {
  rmSync(at('out'), { recursive: true });
  const { status, stderr } = await provision(['site.yaml', '-e', '@extra', '--vault-id', 'prod@second'], {
    cwd: folder,
  });
  expect(status).toBe(1);
  expect(existsSync(at('out'))).toBe(false);
  expect(stderr).toMatchInlineSnapshot(`
    "extra:1:1 error the file is encrypted, and no vault password opens it; tried prod (second)
      wrong password, or the vault has been damaged

    group_vars/all/inline.yaml:1:19 error the value is encrypted, and no vault password opens it; tried prod (second)
      1 | in_inline: !vault |
        |                   ^
      wrong password, or the vault has been damaged

    group_vars/all/inline.yaml:9:21 error the value is encrypted, and no vault password opens it; tried prod (second)
      9 | in_template: !vault |
        |                     ^
      wrong password, or the vault has been damaged

    host_vars/here.yaml:1:1 error the file is encrypted, and no vault password opens it; tried prod (second)
      wrong password, or the vault has been damaged

    4 errors; no host was contacted"
  `);
  const asked = await provision(['site.yaml', '--ask-vault-password', '--syntax-check'], { cwd: folder });
  expect(asked).toMatchObject({ status: 1, stderr: expect.stringContaining('standard input is not a terminal') });
});

test('where nothing is encrypted nothing is asked, and no file of a password read', async () => {
  write('plain/site.yaml', '- hosts: localhost\n  tasks:\n    - debug: { msg: hello }\n');
  const args = [
    'plain/site.yaml',
    '--syntax-check',
    '--ask-vault-password',
    '--vault-id',
    'x@nowhere',
    '--vault-id',
    'y@prompt',
  ];
  expect(await provision(args, { cwd: folder })).toMatchObject({ status: 0, stderr: '' });
});

test.skipIf(!hasTerminals)(
  'a password that is asked for is asked for once, with echo off, and only where it is needed',
  async () => {
    const command = ['node', join(checkout, 'dist/src/cli/main.js'), 'site.yaml', '-e', '@extra', '--syntax-check'];
    const args = [...command, '--vault-id', 'prod@second', '--vault-id', 'first@prompt'].join(' ');
    const terminal = execa('script', ['-qec', args, '/dev/null'], { cwd: folder, stdin: 'pipe' });
    terminal.stdout.on('data', (chunk: Buffer) => {
      if (chunk.includes('Vault password (first): ')) setTimeout(() => terminal.stdin.write('first\r'), 100);
    });
    const { stdout } = await terminal;
    expect(stdout.replaceAll('\r', '')).toBe('Vault password (first): \nsite.yaml: no errors found (1 play, 1 host)');
  },
);

test('an encrypted file is not sent to a host as it is', async () => {
  write('sealed.txt', sealed('x'));
  write('sends.yaml', '- hosts: localhost\n  tasks:\n    - file: { path: /nowhere, src: sealed.txt }\n');
  expect(await provision(['sends.yaml', '--check', ...passwords], { cwd: folder })).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('sealed.txt is encrypted'),
  });
});

test('an inventory and a site may be encrypted as a whole', async () => {
  for (const name of ['inventory.yaml', 'site.yaml']) write(name, sealed(readFileSync(at(name), 'utf8')));
  const result = await run('site.yaml', '--syntax-check');
  expect(result).toMatchObject({ status: 0, stdout: 'site.yaml: no errors found (1 play, 1 host)' });
  const wrong = await run('site.yaml', '-e', 'leaky_number=x');
  expect(wrong.status).toBe(1);
  expect(wrong.stderr).not.toMatch(/ANSIBLE_VAULT|hosts:/);
});
