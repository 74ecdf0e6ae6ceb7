import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderOf } from '../../test/kit/folder-of.js';
import { Diagnostics } from '../diagnostics/diagnostic.js';
import { printDiagnostics } from '../diagnostics/print.js';
import type { InventoryHost } from './inventory.js';
import { loadInventory } from './load.js';

const files = {
  'one/hosts.yaml': `
all:
  vars: {a: all, d: all}
  hosts:
    lonely:
  children:
    web:
      hosts:
        web[01:05]: {h: inline}
        db1:
      vars: {a: web, e: web}
      children:
        deep: {hosts: {web03: }, vars: {a: deep, z: 1}}
    atl:
      hosts: {db1: , "db[a:c]": , web01: }
      vars: {a: atl, b: atl, e: atl}
    first: {hosts: lab1, vars: {p: first, ansible_group_priority: 10}}
    later: {hosts: {lab1: , "n[1:9:4]-[x:y]": , "odd:2222": }, vars: {p: later}}
other:
  hosts: {x.example.com: , y.example.com: }
`,
  'one/group_vars/web': 'b: webfile\n',
  'one/group_vars/atl/x.yml': 'e: atlfile\n',
  'one/group_vars/atl/more/y.yaml': 'c: atldir\n',
  'one/group_vars/atl/.z.yml': 'c: hidden\n',
  'one/group_vars/atl/notes.txt': 'not: [yaml\n',
  'one/group_vars/all.yml': 'd: allfile\n',
  'one/group_vars/ungrouped.yml': 'u: ungrouped\n',
  'one/host_vars/web02.yml': 'h: file\n',
  'one/host_vars/x.example.com.json': '{"h": "dotted"}\n',
  'one/host_vars/localhost.yml': 'h: here\n',
  'two/hosts.yml': 'all:\n  hosts:\n    web01: {h: second}\nlate:\n  hosts: {web05: }\n  vars: {a: late}\n',
  'two/group_vars/web.yml': 'b: secondweb\n',
};

const valuesOf = (host: InventoryHost | undefined) =>
  Object.fromEntries([...(host?.variables ?? [])].map(([name, { value }]) => [name, value]));

function load(files: Readonly<Record<string, string>>, ...paths: string[]) {
  const folder = folderOf(files);
  const diagnostics = new Diagnostics();
  const inventory = loadInventory(
    paths.map((path) => (path.includes(',') ? path : join(folder, path))),
    diagnostics,
  );
  return { inventory, folder, told: printDiagnostics(diagnostics.all, { color: false, cwd: folder }), diagnostics };
}

describe('an inventory', () => {
  // What ansible-core 2.14 makes of the same files (VariableManager.get_vars).
  it.each([
    ['lonely', { a: 'all', d: 'allfile', u: 'ungrouped' }, ['ungrouped']],
    ['web01', { a: 'web', b: 'secondweb', c: 'atldir', d: 'allfile', e: 'atlfile', h: 'second' }, ['atl', 'web']],
    ['web02', { a: 'web', b: 'secondweb', d: 'allfile', e: 'web', h: 'file' }, ['web']],
    ['web03', { a: 'deep', b: 'secondweb', d: 'allfile', e: 'web', h: 'inline', z: 1 }, ['deep', 'web']],
    ['web05', { a: 'web', b: 'secondweb', d: 'allfile', e: 'web', h: 'inline' }, ['late', 'web']],
    ['db1', { a: 'web', b: 'secondweb', c: 'atldir', d: 'allfile', e: 'atlfile' }, ['atl', 'web']],
    ['dba', { a: 'atl', b: 'atl', c: 'atldir', d: 'allfile', e: 'atlfile' }, ['atl']],
    ['lab1', { a: 'all', d: 'allfile', p: 'first' }, ['first', 'later']],
    ['odd', { a: 'all', ansible_port: 2222, d: 'allfile', p: 'later' }, ['later']],
    ['x.example.com', { a: 'all', d: 'allfile', h: 'dotted' }, ['other']],
    ['n5-y', { a: 'all', d: 'allfile', p: 'later' }, ['later']],
  ])('gives %s the variables and groups that Ansible does', (name, variables, groups) => {
    const { inventory, diagnostics } = load(files, 'one/hosts.yaml', 'two');
    expect(diagnostics.all).toEqual([]);
    expect(valuesOf(inventory.hosts.get(name))).toEqual(variables);
    expect(inventory.hosts.get(name)?.groups).toEqual(groups);
  });

  it('lets group_vars/all be stronger than a group in the inventory, as Ansible does', () => {
    const { inventory } = load({ 'i.yaml': 'web: {hosts: h, vars: {a: web}}', 'group_vars/all': 'a: all' }, 'i.yaml');
    expect(valuesOf(inventory.hosts.get('h'))).toEqual({ a: 'all' });
  });

  it('remembers where each variable was written', () => {
    const { inventory, folder } = load(files, 'one');
    const host = inventory.hosts.get('web03');
    const from = (name: string) => {
      const { place, layer, from } = host?.variables.get(name) ?? {};
      return `${place?.file.slice(folder.length + 1)}:${place?.line}:${place?.column} ${layer}, ${from}`;
    };
    expect(['d', 'b', 'z', 'h'].map(from)).toMatchInlineSnapshot(`
      [
        "one/group_vars/all.yml:1:4 all, group_vars/all",
        "one/group_vars/web:1:4 group, group_vars/web",
        "one/hosts.yaml:13:53 group, group deep",
        "one/hosts.yaml:9:25 host, host web[01:05]",
      ]
    `);
  });

  it('has a localhost without naming it, reached without ssh, with what all hosts have', () => {
    const text = 'all:\n  vars: {a: 1, ansible_connection: ssh}\n  hosts: {h: }\n';
    const { inventory } = load({ 'i.yaml': text, 'host_vars/localhost.yml': 'b: 2' }, 'i.yaml');
    expect(valuesOf(inventory.localhost)).toEqual({ a: 1, b: 2, ansible_connection: 'local' });
    expect(inventory.hosts.has('localhost')).toBe(false);
    expect(inventory.localhost.implicit).toBe(true);
  });

  it('takes the one that an inventory names for localhost', () => {
    const { inventory } = load({ 'i.yaml': 'all: {hosts: {localhost: {a: 1}}}' }, 'i.yaml');
    expect(inventory.localhost).toBe(inventory.hosts.get('localhost'));
    expect(valuesOf(inventory.localhost)).toEqual({ a: 1 });
  });

  it('may be a list of hosts on the command line', () => {
    const { inventory } = load({}, 'web[1:2],10.0.0.7:2200,');
    expect([...inventory.hosts.keys()]).toEqual(['web1', 'web2', '10.0.0.7']);
    expect(valuesOf(inventory.hosts.get('10.0.0.7'))).toEqual({ ansible_port: 2200 });
  });
});

describe('mistakes in an inventory', () => {
  it('are shown all at once, each with its place', () => {
    const { told } = load(
      {
        'wrong.yaml': `
all:
  host:
    a:
  children:
    web:
      hosts: [a, b]
      children:
        sub: {children: {web: }}
    n:
      hosts:
        "x[3:1]":
        y: 3
      vars: {ansible_group_priority: high}
`,
        'group_vars/n.yml': '- a\n- b\n',
        'group_vars/web/x.yml': 'ansible_group_priority: 3\n',
        'group_vars/web.yml': 'a: 1\n',
      },
      'wrong.yaml',
    );
    expect(told).toMatchInlineSnapshot(`
      "group_vars/n.yml:1:1 error group_vars/n: expected a map of variables, found a list of 2
        1 | - a
          | ^^^
        write "name: value" lines

      group_vars/web.yml:1:1 error group_vars/web: this file is not read, because web beside it comes first
        1 | a: 1
          | ^
        put both into the folder group_vars/web/, or into one file

      group_vars/web/x.yml:1:1 error group_vars/web: ansible_group_priority has no effect here, as in Ansible
        1 | ansible_group_priority: 3
          | ^^^^^^^^^^^^^^^^^^^^^^
        write it under vars of the group in the inventory itself

      wrong.yaml:3:3 error group "all": unknown key "host"
        3 |   host:
          |   ^^^^
        did you mean "hosts"? expected hosts, children or vars

      wrong.yaml:7:14 error hosts of group "web": expected a map, found a list of 2
        7 |       hosts: [a, b]
          |              ^^^^^^
        write each name as a key: "name:", without the dash

      wrong.yaml:9:26 error group "web" is its own child: web > sub > web
        9 |         sub: {children: {web: }}
          |                          ^^^
        remove one of the children

      wrong.yaml:12:9 error host "x[3:1]": [3:1] begins after its end
        12 |         "x[3:1]":
           |         ^^^^^^^^

      wrong.yaml:13:12 error host "y": expected a map, found number 3
        13 |         y: 3
           |            ^

      wrong.yaml:14:38 error ansible_group_priority: expected a whole number, found text "high"
        14 |       vars: {ansible_group_priority: high}
           |                                      ^^^^

      9 errors; no host was contacted
      "
    `);
  });

  it.each([
    ['#!/bin/sh\necho {}\n', 'programs are not run'],
    ['plugin: aws_ec2\nregions: [eu-west-1]\n', 'plugins are not supported'],
  ])('%j is another kind of inventory', (text, message) => {
    const { diagnostics } = load({ hosts: text }, 'hosts');
    expect(diagnostics.all.map((each) => each.message)).toEqual([expect.stringContaining(message)]);
    expect(diagnostics.all[0]?.hint).toContain('--list --yaml --export writes it as plain YAML');
  });

  it('in TypeScript was read as INI, whose lines it does not have', () => {
    const { diagnostics } = load({ 'inv.ts': 'export default { web: { hosts: { web1: {} } } };\n' }, 'inv.ts');
    expect(diagnostics.all.map((each) => each.message)).toEqual(['inventories that are programs are not run']);
  });

  it('tell of files and folders that are not there', () => {
    const { folder, told } = load({ 'empty/readme.md': '' }, 'empty', 'nowhere.yaml');
    expect(told.replaceAll(folder, 'FOLDER')).toMatchInlineSnapshot(`
      "error no inventory in the folder FOLDER/empty
        files are ignored, as in Ansible, that are hidden or end in .pyc .pyo .swp .bak ~ .rpm .md .txt .rst .orig .ini .cfg .retry

      error cannot read inventory FOLDER/nowhere.yaml: no such file or directory

      2 errors; no host was contacted
      "
    `);
  });

  it('tell of a ring of groups once, and of all as a child', () => {
    const { diagnostics } = load(
      { 'i.yaml': 'a: {children: {b: {children: {c: {children: {a: }}}}}}\nd: {children: {all: }}' },
      'i.yaml',
    );
    expect(
      diagnostics.all.map(({ message, place }) => `${place?.line}:${place?.column} ${message}`),
    ).toMatchInlineSnapshot(`
      [
        "2:16 group "all" is its own child: all > d > all",
        "1:46 group "a" is its own child: a > b > c > a",
      ]
    `);
  });

  it('tell of groups in groups in groups, forwards and backwards, which once ended the program', () => {
    const groups = Array.from({ length: 3000 }, (_, index) => `[g${index}:children]\ng${index + 1}\n`);
    for (const text of [groups.join(''), groups.toReversed().join('')]) {
      const { diagnostics } = load({ 'i.ini': `${text}[g3000]\nweb\n` }, 'i.ini');
      expect(diagnostics.all.length).toBeGreaterThan(20);
      expect(diagnostics.all[0]?.message).toMatch(/^group "g\d+" lies in more than 100 groups, one in another$/);
    }
  });

  it('tell of ranges that stand for more hosts than fit into memory, however many they are', () => {
    const { diagnostics, inventory } = load({ 'i.ini': 'a[1:60000]\n'.repeat(3) }, 'i.ini');
    expect(diagnostics.all.map(({ message }) => message)).toEqual([
      'host "a[1:60000]": with the ranges before it it stands for more than 100000 hosts',
      'host "a[1:60000]": with the ranges before it it stands for more than 100000 hosts',
    ]);
    expect(inventory.hosts.size).toBe(60_000);
  });
});
