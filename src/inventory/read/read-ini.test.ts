import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderOf } from '../../../test/kit/folder-of.js';
import { Diagnostics } from '../../diagnostics/diagnostic.js';
import { printDiagnostics } from '../../diagnostics/print.js';
import { loadInventory } from '../load.js';

function load(files: Readonly<Record<string, string>>, ...paths: string[]) {
  const folder = folderOf(files);
  const diagnostics = new Diagnostics();
  const inventory = loadInventory(
    paths.map((path) => join(folder, path)),
    diagnostics,
  );
  const variables = (name: string) =>
    Object.fromEntries([...(inventory.hosts.get(name)?.variables ?? [])].map(([key, { value }]) => [key, value]));
  return {
    inventory,
    folder,
    variables,
    told: diagnostics.all.length === 0 ? '' : printDiagnostics(diagnostics.all, { color: false, cwd: folder }),
  };
}

describe('an inventory in INI', () => {
  it('has hosts, groups, variables, each with its place', () => {
    const { inventory, variables, told, folder } = load(
      {
        hosts: [
          'lonely ansible_user=root # a comment',
          '; another',
          '[web]',
          'web[01:03]:2222 name="two words" list=\'["a", 1]\' flag=True word=true zip=01234',
          '[fe80::1]:22 pin=1234',
          '[web:vars]',
          'ports = 80, 443',
          "text = 'quoted' # a comment",
          'path=/usr/bin:/bin # part of it',
          '[all:children]',
          'top',
          '[top:children]',
          'web',
          'empty',
          '[empty]',
        ].join('\n'),
      },
      'hosts',
    );
    expect(told).toBe('');
    expect([...inventory.hosts.keys()]).toEqual(['lonely', 'web01', 'web02', 'web03', 'fe80::1']);
    expect(inventory.groups.get('top')?.children).toEqual(['web', 'empty']);
    expect(variables('web02')).toEqual({
      ansible_port: 2222,
      flag: true,
      list: ['a', 1],
      name: 'two words',
      path: '/usr/bin:/bin # part of it',
      ports: [80, 443],
      text: 'quoted',
      word: 'true',
      zip: '01234',
    });
    const places = [...(inventory.hosts.get('fe80::1')?.variables ?? [])].map(
      ([name, { place, from }]) =>
        `${name} ${place?.file.slice(folder.length + 1)}:${place?.line}:${place?.column} ${from}`,
    );
    expect(places).toMatchInlineSnapshot(`
      [
        "ports hosts:7:1 group web",
        "text hosts:8:1 group web",
        "path hosts:9:1 group web",
        "ansible_port hosts:5:1 host [fe80::1]:22",
        "pin hosts:5:14 host [fe80::1]:22",
      ]
    `);
  });

  it('shows all that is wrong with it, each where it stands', () => {
    const { told } = load(
      {
        'hosts.ini': [
          'a b=1 c',
          'd e = 5',
          'f:22 g="open',
          '[web] ; comment',
          '[we b]',
          '[web:chidlren]',
          'passed over',
          '[web]',
          'h x=a#b',
          'g',
          'g:2200',
          'n[3:1]',
          'k:',
          '[web:vars]',
          'nothing',
          'ansible_group_priority=high',
          '[nobody:vars]',
          'x=1',
          '[web:children]',
          'wbe2',
          'two words',
          '[web2]',
        ].join('\n'),
      },
      'hosts.ini',
    );
    expect(told).toMatchInlineSnapshot(`
      "hosts.ini:1:7 error host "a": expected name=value, found "c"
        1 | a b=1 c
          |       ^
        no blanks beside the "=", and values with blanks in quotes

      hosts.ini:2:3 error host "d": expected name=value, found "e"
        2 | d e = 5
          |   ^
        no blanks beside the "=", and values with blanks in quotes

      hosts.ini:3:8 error a quote that is not closed
        3 | f:22 g="open
          |        ^
        add the other "

      hosts.ini:4:1 error no section: [web] ; comment
        4 | [web] ; comment
          | ^^^^^^^^^^^^^^^
        write [group], [group:vars] or [group:children], without blanks

      hosts.ini:5:1 error no section: [we b]
        5 | [we b]
          | ^^^^^^
        write [group], [group:vars] or [group:children], without blanks

      hosts.ini:6:6 error section [web:chidlren] has an unknown kind "chidlren"
        6 | [web:chidlren]
          |      ^^^^^^^^
        did you mean [web:children]? expected vars or children

      hosts.ini:9:6 error the "#" would begin a comment here, and cut "x=a" short
        9 | h x=a#b
          |      ^
        write it in quotes, or a blank ahead of a comment

      hosts.ini:11:1 error host "g:2200": its port is not used, as g was named before, line 10
        11 | g:2200
           | ^^^^^^
        write the port there, or ansible_port: 2200

      hosts.ini:12:1 error host "n[3:1]": [3:1] begins after its end
        12 | n[3:1]
           | ^^^^^^

      hosts.ini:13:1 error "k:" is no host: this looks like YAML
        13 | k:
           | ^^
        an inventory in YAML has a name that ends in .yaml, .yml or .json, or none

      hosts.ini:15:1 error [web:vars]: expected name = value, found "nothing"
        15 | nothing
           | ^^^^^^^

      hosts.ini:16:1 error ansible_group_priority: expected a whole number, found text "high"
        16 | ansible_group_priority=high
           | ^^^^^^^^^^^^^^^^^^^^^^^^^^^

      hosts.ini:17:2 error [nobody:vars]: there is no group "nobody"
        17 | [nobody:vars]
           |  ^^^^^^
        add [nobody], with its hosts or empty

      hosts.ini:20:1 error [web:children]: there is no group "wbe2"
        20 | wbe2
           | ^^^^
        did you mean "web2"? add [wbe2], with its hosts or empty

      hosts.ini:21:1 error expected the name of a group, found "two words"
        21 | two words
           | ^^^^^^^^^
        one group a line

      15 errors; no host was contacted
      "
    `);
  });

  it('is known by its name, and by its content where that leaves it open', () => {
    const ini = '[web]\nh1\n';
    const yaml = 'web:\n  hosts:\n    h1:\n';
    for (const [name, text] of Object.entries({
      hosts: ini,
      'hosts.yaml': ini,
      'hosts.ini': ini,
      'hosts.prod': ini,
      inventory: yaml,
      'a.yml': yaml,
      'a.json': '{"web": {"hosts": {"h1": null}}}',
      plain: '[web]\nh1 x={{y}}\n',
    })) {
      const { inventory, told } = load({ [name]: text }, name);
      expect(told, name).toBe('');
      expect(inventory.groups.get('web')?.hosts, name).toEqual(['h1']);
    }
  });

  it('is in a folder with others, in the order of their names; what Ansible passes over is passed over', () => {
    const { inventory, told } = load(
      {
        'all/1-hosts': '[web]\na\n',
        'all/2.yaml': 'web: {hosts: {b: }}\n',
        'all/3/hosts': '[web]\nc\n',
        'all/hosts.ini': '[web]\nd\n',
        'all/old.orig': '[web]\ne\n',
        'all/2.yaml~': 'nonsense',
        'all/.hidden': 'f\n',
        'all/group_vars/web': 'x: yes\n',
      },
      'all',
    );
    expect(told).toBe('');
    expect(inventory.groups.get('web')?.hosts).toEqual(['a', 'b', 'c']);
    expect(inventory.hosts.get('a')?.variables.get('x')?.value).toBe(true);
  });

  it('shows no more than a line of a file that is none, which may be a key', () => {
    const key = `-----BEGIN PRIVATE KEY-----\n${'abc+/=\n'.repeat(5)}-----END\n`;
    const { told } = load({ 'i/hosts': 'a\n', 'i/id': key.replaceAll('=', '==') }, 'i');
    expect(told).not.toContain('abc');
  });
});
