import { expect, test } from 'vitest';
import { load } from '../../../test/kit/site-fixture.js';
import { resourceKinds } from '../../resources/all.js';
import { ansibleModules, insteadOfModule } from './ansible-modules.js';

const kinds = resourceKinds.map(({ kind }) => kind);
const of = async (tasks: string, more: Readonly<Record<string, string>> = {}) => {
  const site = `- hosts: all\n  tasks:\n${tasks.replace(/^/gm, '    ')}\n`;
  return (await load({ 'inventory.yaml': 'all: {hosts: {web1: {}}}', 'site.yaml': site, ...more })).told;
};

test('a task with with_items was told that item is not defined as well', async () => {
  expect(await of('- command: "{{item}} {{itme}}"\n  with_items: [a]')).toMatchInlineSnapshot(`
    "site.yaml:3:28: itme is not defined (did you mean item?)
    site.yaml:4:7: "with_items" is not used here (write \`loop:\` with a list)"
  `);
  expect(
    await of('- command: "{{each.a}}"\n  with_dict: {a: b}\n  loop_control: {loop_var: each}'),
  ).toMatchInlineSnapshot(`"site.yaml:4:7: "with_dict" is not used here (write \`loop:\` with a list)"`);
});

test('names of set_fact were told to be not defined wherever they are used', async () => {
  const facts = '- set_fact: {a: 1}\n- ansible.builtin.set_fact: b=2 c=3';
  expect(await of(`${facts}\n- command: "{{a}} {{b}} {{c}} {{d}}"`)).toMatchInlineSnapshot(`
    "site.yaml:3:7: "set_fact" is not used here (use \`vars\`, whose values may be templates of each other and of registered results)
    site.yaml:4:7: "ansible.builtin.set_fact" is not used here (use \`vars\`, whose values may be templates of each other and of registered results)
    site.yaml:5:37: d is not defined"
  `);
});

test('parameters that stand beside their resource were unknown keys, of a resource without parameters', async () => {
  expect(await of('- file:\n  path: /a\n  content: b\n  when: true')).toMatchInlineSnapshot(
    `"site.yaml:4:7: path and content are parameters of file, beside it (indent them below \`file:\`)"`,
  );
  expect(await of('- service:\n  enabled: true')).toMatchInlineSnapshot(
    `"site.yaml:4:7: enabled is a parameter of service, beside it (indent it below \`service:\`)"`,
  );
});

test('yes and no of a condition were names that are not defined', async () => {
  expect(await of('- {command: a, when: yes}\n- {command: b, when: [No], changed_when: off}')).toBe('');
});

test('sudo and su were unknown keys without a word of become', async () => {
  expect(await of('- {command: a, sudo: yes, sudo_user: b}\n- {command: a, su: yes}')).toMatchInlineSnapshot(`
    "site.yaml:3:20: "sudo" is not used here (write \`become: true\`)
    site.yaml:3:31: "sudo_user" is not used here (write \`become_user\`)
    site.yaml:4:20: "su" is not used here (write \`become: true\`)"
  `);
  const play = { 'site.yaml': '- {hosts: all, user: bob, tasks: []}' };
  expect(await of('', play)).toBe(
    'site.yaml:1:16: "user" is not used here (write ansible_user in the inventory, or --user)',
  );
});

test('modules without a counterpart were unknown keys, or near to what they are not', async () => {
  const told = async (module: string) => await of(`- ${module}: {a: b}`);
  expect(await told('git')).toContain('write `command: { cmd: "git clone URL DIR", creates: DIR/.git }`');
  expect(await told('community.docker.docker_container')).toContain('the role registry-setup runs registries');
  expect(await told('tempfile')).not.toContain('template');
  for (const module of ansibleModules) {
    const instead = insteadOfModule(module, kinds);
    expect(instead, module).toBeDefined();
    expect(kinds, module).not.toContain(module);
    for (const [, kind = ''] of instead?.matchAll(/`(\w+): \{/g) ?? []) expect(kinds, module).toContain(kind);
  }
});

test('a misspelt variable beside `role:` was an unknown key without a nearest name', async () => {
  const site = '- hosts: all\n  roles: [{role: web, web_prot: 1, web_tls: true}]';
  expect(await of('', { 'site.yaml': site })).toMatchInlineSnapshot(`
    "site.yaml:2:23: unknown key "web_prot" (did you mean the variable "web_port" of the role? write it under \`vars:\`)
    site.yaml:2:36: "web_tls" is a variable of the role (write it under \`vars:\`)"
  `);
});

test('a file of variables that is missing was followed by an error for each of its names', async () => {
  const site = '- hosts: all\n  vars_files: [nowhere.yaml]\n  tasks: [{command: "{{word}}"}, {command: a, nmae: b}]';
  expect((await of('', { 'site.yaml': site })).split('\n')).toEqual([
    expect.stringMatching(/^site.yaml:2:16: cannot read .*nowhere.yaml: no such file/),
    expect.stringMatching(/^site.yaml:3:47: unknown key "nmae"/),
  ]);
});

test('a file of variables that stays locked was followed by an error for each of its names', async () => {
  const site = '- hosts: all\n  vars_files: [secret.yaml]\n  tasks: [{command: "{{word}}"}]';
  const secret = '$ANSIBLE_VAULT;1.1;AES256\n6162\n';
  const told = await of('', { 'site.yaml': site, 'secret.yaml': secret });
  expect(told.split('\n')).toEqual([expect.stringMatching(/^secret.yaml:1:1: the file is encrypted/)]);
});
