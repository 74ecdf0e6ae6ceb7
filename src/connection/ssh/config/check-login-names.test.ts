import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ConnectionSettings } from '../../../model/play.js';
import { throughCommand } from '../proxy-command.js';
import { forgetSshConfig } from './ask-ssh.js';
import { checkLoginNames } from './check-login-names.js';
import { sshTarget } from './ssh-config.js';
import { expandPath } from './ssh-tokens.js';

const folder = mkdtempSync(join(tmpdir(), 'names-'));
const canary = join(folder, 'canary');
const before = { ...process.env };
// No ssh is found: what is refused here is refused by no check of its own.
beforeAll(() => {
  process.env.PATH = folder;
  forgetSshConfig();
});
afterAll(() => {
  process.env = before;
  forgetSshConfig();
  rmSync(folder, { recursive: true });
});

const settings = (given: Partial<ConnectionSettings>): ConnectionSettings => ({
  connection: 'ssh',
  address: 'web1',
  port: undefined,
  user: undefined,
  identityFiles: [],
  knownHostsFiles: undefined,
  password: undefined,
  become: false,
  becomeUser: 'root',
  becomePassword: undefined,
  root: '',
  acceptNew: false,
  connectTimeout: 10,
  ...given,
});

const injections = [
  `x;touch ${canary}`,
  `$(touch ${canary})`,
  `\`touch ${canary}\``,
  `x|touch ${canary}`,
  `x\ntouch ${canary}`,
];

it('refuses a host or user that a shell would run, before ssh or a ProxyCommand sees it', async () => {
  for (const given of injections) {
    await expect(sshTarget(settings({ address: given }))).rejects.toMatchObject({ problem: 'unresolved' });
    await expect(sshTarget(settings({ user: given }))).rejects.toMatchObject({ problem: 'unresolved' });
  }
  const messages = ['-oProxyCommand=x', 'a b', 'web1;$x', 'tab\there', 'esc\x1b', ''].map((address) =>
    refusalOf({ address }),
  );
  messages.push(...['-l', 'a -b', 'back\\', 'a;b', 'a\nb'].map((user) => refusalOf({ address: 'web1', user })));
  expect(messages).toMatchInlineSnapshot(`
    [
      "the address "-oProxyCommand=x" would be read as an option, as it begins with "-"",
      "the address "a b" has characters that a shell would read: " "",
      "the address "web1;$x" has characters that a shell would read: ";" "$"",
      "the address "tab\\there" has characters that a shell would read: "\\t"",
      "the address "esc\\u001b" has characters that a shell would read: "\\u001b"",
      "the address "" is empty",
      "the user "-l" would be read as an option, as it begins with "-"",
      "the user "a -b" is not the name of a user",
      "the user "back\\\\" is not the name of a user",
      "the user "a;b" has characters that a shell would read: ";"",
      "the user "a\\nb" has characters that a shell would read: "\\n"",
    ]
  `);
});

it('takes the names that there are', () => {
  const addresses = ['web1', 'web-1.example.org', '10.0.0.1', '::1', 'fe80::1%eth0', 'bücher.example', 'prod/web1'];
  for (const address of addresses) expect(refusalOf({ address })).toBeUndefined();
  for (const user of ['root', 'DOMAIN\\me', 'machine$', 'me@example.org', 'two words'])
    expect(refusalOf({ address: 'web1', user })).toBeUndefined();
});

it('hands a ProxyCommand words only', async () => {
  const target = await sshTarget(settings({}));
  const hostile = [...injections, 'two words', '*', '~root', '$HOME', 'x#', "it's", ''];
  for (const value of hostile) {
    expect(() => throughCommand('true %n', { ...target, name: value })).toThrow(/^%n of the ProxyCommand stands for/);
    expect(() => throughCommand('true %h', { ...target, host: value })).toThrow(/^%h of the ProxyCommand stands for/);
    expect(() => throughCommand('true %r', { ...target, user: value })).toThrow(/^%r of the ProxyCommand stands for/);
    expect(() => throughCommand('true %k', { ...target, keyAlias: value })).toThrow(
      /^%k of the ProxyCommand stands for/,
    );
  }
  expect(existsSync(canary)).toBe(false);
});

it('lets no host lead a path of ssh_config to another folder', async () => {
  const target = await sshTarget(settings({}));
  expect(expandPath('/keys/%h.%r', { ...target, user: 'me' })).toBe('/keys/web1.me');
  for (const host of ['../../tmp/evil', '..', '/tmp/evil'])
    expect(() => expandPath('/keys/%h', { ...target, host })).toThrow(/^%h in a path of ssh_config stands for/);
});

it('takes an empty SSH_AUTH_SOCK for no agent, and a number for no port: every host failed', async () => {
  const agentOf = async (socket: string) => {
    process.env.SSH_AUTH_SOCK = socket;
    return (await sshTarget(settings({}))).agent;
  };
  expect(await agentOf('')).toBeUndefined();
  expect(await agentOf('22')).toBe(resolve('22'));
  expect(await agentOf('/run/agent')).toBe('/run/agent');
});

it('finds the home folder where HOME is empty', async () => {
  process.env.HOME = '';
  expect((await sshTarget(settings({}))).identityFiles[0]).toMatch(/^\/.+\/\.ssh\/id_ed25519$/);
});

function refusalOf(names: { readonly address: string; readonly user?: string }): string | undefined {
  try {
    checkLoginNames({ user: undefined, ...names });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
