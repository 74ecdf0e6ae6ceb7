import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Diagnostics } from '../diagnostics/diagnostic.js';
import { printDiagnostics } from '../diagnostics/print.js';
import { type Inventory, loadInventory } from './load.js';
import { selectHosts } from './patterns.js';
import { connectionSettings } from './settings.js';

const hosts = `
all:
  vars: {a: all, d: all}
  hosts:
    lonely:
  children:
    web:
      hosts:
        web[01:05]: {h: inline}
        db1:
      vars: {a: web}
      children:
        deep: {hosts: {web03: }, vars: {a: deep, z: 1}}
    atl:
      hosts: {db1: , "db[a:c]": , web01: }
      vars: {a: atl, b: atl}
other:
  hosts: {x.example.com: , y.example.com: }
`;

describe('an inventory', () => {
  let folder: string;
  let inventory: Inventory;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'provision-inventory-'));
    mkdirSync(join(folder, 'group_vars', 'atl'), { recursive: true });
    mkdirSync(join(folder, 'host_vars'));
    writeFileSync(join(folder, 'hosts.yaml'), hosts);
    writeFileSync(join(folder, 'group_vars', 'web'), 'b: webfile\n');
    writeFileSync(join(folder, 'group_vars', 'atl', 'x.yml'), 'c: atldir\n');
    writeFileSync(join(folder, 'host_vars', 'web02.yml'), 'h: file\n');
    const diagnostics = new Diagnostics();
    inventory = loadInventory([join(folder, 'hosts.yaml')], diagnostics);
    expect(diagnostics.all).toEqual([]);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const valuesOf = (name: string) =>
    Object.fromEntries([...(inventory.hosts.get(name)?.variables ?? [])].map(([key, { value }]) => [key, value]));

  // The expected values of this and the next table are what ansible-inventory and ansible --list-hosts 2.14 say of the same files.
  it.each([
    ['lonely', { a: 'all', d: 'all' }],
    ['web01', { a: 'web', d: 'all', b: 'webfile', c: 'atldir', h: 'inline' }],
    ['web02', { a: 'web', d: 'all', b: 'webfile', h: 'file' }],
    ['web03', { a: 'deep', d: 'all', b: 'webfile', h: 'inline', z: 1 }],
    ['dba', { a: 'atl', d: 'all', b: 'atl', c: 'atldir' }],
  ])('gives %s the variables that Ansible does', (name, expected) => {
    expect(valuesOf(name)).toEqual(expected);
  });

  it.each([
    ['web:&atl', 'web01 db1'],
    ['web:!atl', 'web02 web03 web04 web05'],
    ['!atl:web', 'web02 web03 web04 web05'],
    ['&web:atl', 'db1 web01'],
    ['web[0]', 'web01'],
    ['web[-1]', 'db1'],
    ['web[1:3]', 'web02 web03 web04'],
    ['web[1:]', 'web02 web03 web04 web05 db1'],
    ['~web0[12]', 'web01 web02'],
    ['db?', 'db1 dba dbb dbc'],
    ['db[ab]', 'dba dbb'],
    ['*.example.com', 'x.example.com y.example.com'],
    ['ungrouped', 'lonely'],
    ['web,db1,!web03', 'web01 web02 web04 web05 db1'],
    ['localhost', 'localhost'],
    ['*:!web*', 'lonely dba dbb dbc x.example.com y.example.com'],
  ])('reads the pattern %s as Ansible does', (pattern, expected) => {
    const diagnostics = new Diagnostics();
    const names = selectHosts(pattern, inventory, {}, diagnostics).map((host) => host.name);
    expect(diagnostics.all).toEqual([]);
    expect(new Set(names)).toEqual(new Set(expected.split(' ')));
  });

  it('names the nearest when a part of a pattern matches nothing, in --limit too', () => {
    const diagnostics = new Diagnostics();
    selectHosts('wbe:atl', inventory, { limit: 'dbz' }, diagnostics);
    expect(diagnostics.all.map(({ message, hint }) => `${message} (${hint})`)).toMatchInlineSnapshot(`
      [
        ""wbe" matches no host and no group (did you mean "web"?)",
        "--limit: "dbz" matches no host and no group (did you mean "db1"?)",
      ]
    `);
  });

  it('shows every mistake of a file with its place', () => {
    const file = join(folder, 'wrong.yaml');
    writeFileSync(
      file,
      'all:\n  host:\n    a:\n  children:\n    web:\n      hosts: [a, b]\n      children:\n        sub: {children: {web: }}\n    n:\n      hosts:\n        "x[3:1]":\n',
    );
    const diagnostics = new Diagnostics();
    loadInventory([file], diagnostics);
    expect(printDiagnostics(diagnostics.all, { color: false, cwd: folder })).toMatchInlineSnapshot(`
      "wrong.yaml:2:3 error group "all": unknown key "host"
        2 |   host:
          |   ^^^^
        did you mean "hosts"? expected hosts, children or vars

      wrong.yaml:6:14 error hosts of group "web": expected a map, found a list of 2
        6 |       hosts: [a, b]
          |              ^^^^^^
        write each name as a key: "name:", without the dash

      wrong.yaml:8:26 error group "web" is its own child: web > sub > web
        8 |         sub: {children: {web: }}
          |                          ^^^
        take one of the children out

      wrong.yaml:11:9 error host "x[3:1]": [3:1] begins after its end
        11 |         "x[3:1]":
           |         ^^^^^^^^

      4 mistakes; no host was contacted
      "
    `);
  });

  it('takes either spelling of a connection variable, and refuses both when they differ', () => {
    const diagnostics = new Diagnostics();
    const source = new Map();
    expect(
      connectionSettings(
        'h',
        { ansible_host: '192.0.2.1', port: '2222', ansible_become: 'yes' },
        source,
        {},
        diagnostics,
      ),
    ).toMatchObject({
      address: '192.0.2.1',
      port: 2222,
      become: true,
      becomeUser: 'root',
      connection: 'ssh',
    });
    connectionSettings(
      'h',
      { host: 'a', ansible_host: 'b', port: 70_000, connection: 'locl' },
      source,
      {},
      diagnostics,
    );
    expect(diagnostics.all.map(({ message }) => message)).toMatchInlineSnapshot(`
      [
        "host and ansible_host mean the same and differ: text "a" and text "b"",
        "h: connection: expected ssh or local, found text "locl"",
        "port: expected a port from 1 to 65535, found number 70000",
      ]
    `);
  });
});
