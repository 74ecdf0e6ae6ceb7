import { expect, test, vi } from 'vitest';
import { provisionCommand, statusOf } from './command.js';
import type { ProvisionRequest } from './site/request.js';

async function parsed(...args: string[]): Promise<{ request?: ProvisionRequest; said: string; status?: number }> {
  let request: ProvisionRequest | undefined;
  let said = '';
  const command = provisionCommand(async (asked) => {
    request = asked;
  }).configureOutput({
    writeErr: (text) => {
      said += text;
    },
    writeOut: (text) => {
      said += text;
    },
  });
  try {
    await command.parseAsync(args, { from: 'user' });
  } catch (error) {
    return { said, status: (error as { exitCode: number }).exitCode };
  }
  return request === undefined ? { said } : { request, said };
}

test('what is not given has a default, or is left to the site', async () => {
  expect((await parsed('site.yaml')).request).toMatchInlineSnapshot(`
    {
      "acceptNew": false,
      "ask": [],
      "askBecomePass": false,
      "askVaultPassword": false,
      "check": false,
      "diff": false,
      "dropPending": false,
      "extraVars": [],
      "force": false,
      "forks": 32,
      "inventory": [],
      "limit": [],
      "listHosts": false,
      "listTags": false,
      "listTasks": false,
      "profile": false,
      "prune": false,
      "site": "site.yaml",
      "skipTags": [],
      "step": false,
      "strict": false,
      "syntaxCheck": false,
      "tags": [],
      "update": false,
      "vaultId": [],
      "vaultPasswordFile": [],
      "verbose": 0,
    }
  `);
});

test('lists are repeated and divided by commas', async () => {
  const { request } = await parsed(
    ...['-i', 'a.yaml', 'site.yaml', '-i', 'b', '-t', 'x,y', '--tags', 'z', '--skip-tags', 'slow, never'],
    ...['-e', 'a=1,2', '-e', '@vars.yaml', '-l', 'web:&lab', '-l', 'db'],
  );
  expect(request).toMatchObject({
    site: 'site.yaml',
    inventory: ['a.yaml', 'b'],
    tags: ['x', 'y', 'z'],
    skipTags: ['slow', 'never'],
    extraVars: ['a=1,2', '@vars.yaml'],
    limit: ['web:&lab', 'db'],
  });
});

test('flags', async () => {
  const { request } = await parsed('site.yaml', '-CDKbvvv', '--no-sync', '-f', '5', '--no-color', '--root', 'staging');
  expect(request).toMatchObject({
    check: true,
    diff: true,
    askBecomePass: true,
    become: true,
    verbose: 3,
    sync: false,
    forks: 5,
    color: false,
    root: 'staging',
  });
  expect((await parsed('site.yaml', '--sync', '--color')).request).toMatchObject({ sync: true, color: true });
});

test('a wrong command line is refused, with the nearest right one', async () => {
  const wrong = [
    ['site.yaml', '--chekc'],
    [],
    ['site.yaml', 'other.yaml'],
    ['site.yaml', '--forks', 'many'],
    ['site.yaml', '--output', 'xml'],
    ['site.yaml', '-i'],
  ];
  const answers = await Promise.all(wrong.map((args) => parsed(...args)));
  expect(answers.map(({ status }) => status)).toEqual(wrong.map(() => 1));
  const said = answers.map((answer) => answer.said.replace('(provision --help explains)\n', ''));
  expect(said.join('')).toMatchInlineSnapshot(`
    "error: unknown option '--chekc'
    (Did you mean --check?)
    error: missing required argument 'site'
    error: too many arguments. Expected 1 argument but got 2.
    error: option '-f, --forks <n>' argument 'many' is invalid. A whole number from 1 is expected.
    error: option '--output <form>' argument 'xml' is invalid. Allowed choices are live, lines, json, junit.
    error: option '-i, --inventory <path>' argument missing
    "
  `);
});

test('help fits a terminal and names every option', async () => {
  const { said } = await parsed('--help');
  expect(said).toContain('--ask-become-pass');
  expect(said.split('\n').filter((line) => line.length > 120)).toEqual([]);
});

test('a misspelt command was a site that could not be read', async () => {
  const said = vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  const told = async (...args: string[]) => {
    said.mockClear();
    const status = await statusOf(['node', 'provision', ...args]);
    return [status, said.mock.calls.flat().join('')];
  };
  expect(await told('doctr')).toEqual([1, expect.stringContaining('did you mean `provision doctor`?')]);
  expect(await told('regsitry', 'ls', 'x')).toEqual([1, expect.stringContaining('did you mean `provision registry`?')]);
  expect(await told('doctr.yaml')).toEqual([1, expect.stringContaining('cannot read doctr.yaml')]);
  said.mockRestore();
});
