import { homedir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { Diagnostics } from '../../diagnostics/diagnostic.js';
import type { Layer, Variable } from '../../vars/variables.js';
import { type ConnectionOverrides, connectionSettings } from './settings.js';

function settings(
  values: Readonly<Record<string, unknown>>,
  given: ConnectionOverrides = {},
  layers: Readonly<Record<string, Layer>> = {},
  host: Parameters<typeof connectionSettings>[0] = { name: 'h' },
) {
  const diagnostics = new Diagnostics();
  const entries = Object.entries(values).map(([name, value], index): [string, Variable] => [
    name,
    {
      value,
      layer: layers[name] ?? 'host',
      from: 'host h',
      place: { file: '/site/inventory.yaml', line: index + 1, column: 1 },
    },
  ]);
  const made = connectionSettings(host, values, new Map(entries), given, diagnostics);
  return {
    made,
    told: diagnostics.all.map(({ message, hint }) => (hint === undefined ? message : `${message} (${hint})`)),
  };
}

describe('how a host is reached', () => {
  it('has defaults', () => {
    expect(settings({}).made).toMatchInlineSnapshot(`
      {
        "acceptNew": false,
        "address": "h",
        "become": false,
        "becomePassword": undefined,
        "becomeUser": "root",
        "becomeVariables": {
          "become": undefined,
          "becomeUser": undefined,
        },
        "connectRetries": 1,
        "connectTimeout": 10,
        "connection": "ssh",
        "identityFiles": [],
        "knownHostsFiles": undefined,
        "password": undefined,
        "port": undefined,
        "root": "",
        "user": undefined,
      }
    `);
  });

  const expected = {
    connection: 'ssh',
    address: '192.0.2.1',
    port: 2222,
    user: 'ops',
    identityFiles: ['/site/keys/id'],
    password: 's3cret',
    become: true,
    becomeUser: 'root',
    becomePassword: '0123',
    connectTimeout: 5,
  };
  it.each([
    [
      'our spelling',
      {
        host: '192.0.2.1',
        port: 2222,
        user: 'ops',
        connection: 'ssh',
        identity_file: 'keys/id',
        password: 's3cret',
        become: true,
        become_user: 'root',
        become_password: '0123',
        connect_timeout: 5,
      },
    ],
    [
      "Ansible's",
      {
        ansible_host: '192.0.2.1',
        ansible_port: '2222',
        ansible_user: 'ops',
        ansible_connection: 'smart',
        ansible_ssh_private_key_file: './keys/id',
        ansible_ssh_pass: 's3cret',
        ansible_become: 'yes',
        ansible_become_user: 'root',
        ansible_become_pass: '0123',
        ansible_timeout: '5',
        ansible_python_interpreter: '/usr/bin/python3',
        ansible_become_method: 'sudo',
      },
    ],
  ])('may be said in %s', (_, values) => {
    const { made, told } = settings(values);
    expect(told).toEqual([]);
    expect(made).toMatchObject(expected);
  });

  it('takes paths as relative to the file that names them, or to the home folder', () => {
    const { made } = settings({ identity_file: ['~/.ssh/id', '/abs'], known_hosts_file: '../known', root: 'stage' });
    expect(made.identityFiles).toEqual([`${homedir()}/.ssh/id`, '/abs']);
    expect(made.knownHostsFiles).toEqual(['/known']);
    expect(made.root).toBe('/site/stage');
  });

  it('lets the command line win, or fill in', () => {
    const values = { root: 'stage', user: 'ops', become_password: 'mine' };
    const given = { root: '/other', user: 'me', becomePassword: 'asked', acceptNew: true };
    const { made } = settings(values, given);
    expect(made).toMatchObject({ root: '/other', user: 'ops', becomePassword: 'mine', acceptNew: true });
  });

  it('takes the stronger layer where both spellings are given', () => {
    const { made, told } = settings({ user: 'ops', ansible_user: 'all' }, {}, { ansible_user: 'all' });
    expect(told).toEqual([]);
    expect(made.user).toBe('ops');
    expect(settings({ user: 'ops', ansible_user: 'x' }, {}, { ansible_user: 'extra' }).made.user).toBe('x');
    expect(settings({ port: 5000, ansible_port: 22 }, {}, { ansible_port: 'play' })).toMatchObject({
      made: { port: 22 },
      told: [],
    });
  });

  it('refuses both spellings with different values', () => {
    expect(settings({ host: 'a', ansible_host: 'a' }).told).toEqual([]);
    expect(settings({ host: 'a', ansible_host: 'b' }).told).toMatchInlineSnapshot(`
      [
        "host (text "a") and ansible_host (text "b") at /site/inventory.yaml:2 mean the same and differ (keep one of the two)",
      ]
    `);
    expect(settings({ password: 'hunter2', ansible_ssh_pass: 'hunter3' }).told).toMatchInlineSnapshot(`
      [
        "password and ansible_ssh_pass at /site/inventory.yaml:2 mean the same and differ (keep one of the two)",
      ]
    `);
  });

  it('says what is wrong with a value, and never what a password is', () => {
    const { told } = settings({
      port: 70_000,
      connection: 'locl',
      become: 'maybe',
      user: ['x'],
      become_password: 123,
      connect_timeout: 0,
      connect_retries: -1,
      identity_file: [],
      root: ['a', 'b'],
      accept_new: 3,
    });
    expect(told).toMatchInlineSnapshot(`
      [
        "connection: expected ssh or local, found text "locl" (did you mean "local"?)",
        "port: expected a port from 1 to 65535, found number 70000",
        "user: expected text, found a list of 1",
        "identity_file: expected a path or a list of paths, found an empty list",
        "become: expected true or false, found text "maybe"",
        "become_password: expected text, found something else (put it in quotes)",
        "root: expected a path, found a list of 2",
        "accept_new: expected true or false, found number 3",
        "connect_timeout: expected a number of seconds above 0, found number 0",
        "connect_retries: expected a whole number from 0, found number -1",
      ]
    `);
  });

  it('says what to do instead of what is not supported', () => {
    const { told } = settings({
      ansible_ssh_common_args: '-o ProxyJump=bastion',
      ansible_become_method: 'su',
      ansible_host_key_checking: false,
      ansible_connection: 'docker',
    });
    expect(told).toMatchInlineSnapshot(`
      [
        "ansible_ssh_common_args is not supported (write the options into ~/.ssh/config, which is read (ProxyJump, for example))",
        "ansible_host_key_checking is not supported (host keys are always checked; an unknown one is accepted with --accept-new, or accept_new: true)",
        "ansible_become_method is not supported (remove it: sudo is what is used)",
        "ansible_connection: expected ssh or local, found text "docker"",
      ]
    `);
  });

  it('finds hosts and users that ssh refuses, which were said to be unreachable', () => {
    const name = { name: 'web1;id', place: { file: '/site/inventory.yaml', line: 9, column: 1 } };
    const told = [
      settings({ ansible_host: '-oProxyCommand=id', user: '-l' }).told,
      settings({ host: '$(id)', ansible_user: 'a`id`' }).told,
      settings({ become_user: '-s' }, { user: 'a;b' }).told,
      settings({ connection: 'local', become_user: "x'" }, { becomeUser: 'a\nb' }).told,
      settings({}, {}, {}, name).told,
    ];
    expect(told.flat()).toMatchInlineSnapshot(`
      [
        "ansible_host: text "-oProxyCommand=id" would be read as an option, as it begins with "-" (correct it)",
        "user: text "-l" would be read as an option, as it begins with "-" (correct it)",
        "host: text "$(id)" has characters that a shell would read: "$" "(" ")" (correct it)",
        "ansible_user: text "a\`id\`" has characters that a shell would read: "\`" (correct it)",
        "-u: text "a;b" has characters that a shell would read: ";" (correct it)",
        "become_user: text "-s" would be read as an option, as it begins with "-" (correct it)",
        "become_user: text "x'" has characters that a shell would read: "'" (correct it)",
        "--become-user: text "a
      b" has characters that a shell would read: "\\n" (correct it)",
        "the name of a host: text "web1;id" has characters that a shell would read: ";" (correct it, or give the host an ansible_host)",
      ]
    `);
    expect(settings({ host: 'web1' }, {}, {}, name).told).toEqual([]);
    expect(settings({ connection: 'local', user: 'a;b' }, {}, {}, name).told).toEqual([]);
    expect(settings({ host: 'fe80::1%eth0', user: 'DOMAIN\\me', become_user: '#1000' }).told).toEqual([]);
  });
});
