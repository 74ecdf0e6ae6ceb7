import { describe, expect, it, test } from 'vitest';
import { load } from '../../../test/kit/site-fixture.js';

const layers: Readonly<Record<string, (name: string) => Parameters<typeof load>>> = {
  'vars of a play': (name) => site({ play: `  vars: {${name}: 81}\n` }),
  vars_files: (name) => site({ play: '  vars_files: v.yaml\n', files: { 'v.yaml': `${name}: 81\n` } }),
  'a host of the inventory': (name) => site({ host: `${name}: 81` }),
  'a group of the inventory': (name) => site({ vars: `${name}: 81` }),
  'group_vars/all': (name) => site({ files: { 'group_vars/all.yaml': `${name}: 81\n` } }),
  host_vars: (name) => site({ files: { 'host_vars/web1.yaml': `${name}: 81\n` } }),
  '-e': (name) => site({ extra: [`${name}=81`] }),
  'vars of a block': (name) =>
    site({ tasks: `    - vars: {${name}: 81}\n      block: [{import_role: {name: web}}]\n` }),
};

interface SiteParts {
  readonly play?: string;
  readonly host?: string;
  readonly vars?: string;
  readonly tasks?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly extra?: readonly string[];
}

function site({
  play = '',
  host = '',
  vars = '',
  tasks = '',
  files = {},
  extra = [],
}: SiteParts): Parameters<typeof load> {
  const tasksOrRoles = tasks === '' ? '  roles: [web]\n' : `  tasks:\n${tasks}`;
  return [
    {
      'inventory.yaml': `some: {hosts: {web1: {${host}}}, vars: {${vars}}}\n`,
      'site.yaml': `- hosts: web1\n${play}${tasksOrRoles}`,
      ...files,
    },
    { extra },
  ];
}

describe('a misspelt variable of a role was taken for none, and the default used', () => {
  it.each(Object.entries(layers))('in %s', async (_, parts) => {
    const { told } = await load(...parts('web_prot'));
    expect(told).toContain(
      'web_prot is used by nothing: no role of the site has this variable, and no template names it',
    );
    expect(told).toContain('(did you mean web_port, of the role web?)');
    expect(told.split('\n')).toHaveLength(1);
  });

  it.each(Object.entries(layers))('in %s, a name of its own is left alone', async (_, parts) => {
    expect((await load(...parts('web_limit'))).told).toBe('');
    expect((await load(...parts('web_port'))).told).toBe('');
  });
});

test('a variable that anything uses is no mistake, however near its name is to another', async () => {
  const used: readonly SiteParts[] = [
    { vars: 'web_prot: 1, other: "{{web_prot}}"' },
    { vars: 'web_prot: 1', play: '  pre_tasks: [{command: "a {{hostvars.web1.web_prot}}"}]\n' },
    { vars: 'web_prot: 1', play: '  pre_tasks: [{command: a, when: web_prot}]\n' },
    {
      vars: 'web_prot: 1',
      play: '  pre_tasks: [{template: {src: a.hbs, dest: /a}}]\n',
      files: { 'templates/a.hbs': '{{web_prot}}' },
    },
    {
      vars: 'web_prot: 1',
      play: '  pre_tasks: [{include_tasks: more.yaml}]\n',
      files: { 'more.yaml': '- command: "a {{web_prot}}"\n' },
    },
    {
      vars: 'web_prot: 1, which: a',
      play: '  pre_tasks: [{include_tasks: "{{which}}.yaml"}]\n',
      files: { 'a.yaml': '[]\n' },
    },
  ];
  for (const parts of used) expect((await load(...site(parts))).told, JSON.stringify(parts)).toBe('');
});

test('links of the templates that led back to them had no end', async () => {
  const [parts] = site({
    vars: 'web_prot: 1',
    files: { 'templates/deep/a.hbs': '{{web_prot}}', 'other/b.hbs': '{{web_prot}}' },
  });
  const links = { 'templates/x': '.', 'templates/y': '.', 'templates/z': '..', 'templates/none': 'nowhere' };
  expect((await load(parts, { links })).told).toBe('');
  const [elsewhere] = site({ vars: 'web_prot: 1', files: { 'other/b.hbs': '{{web_prot}}', 'templates/a.hbs': '' } });
  expect((await load(elsewhere, { links: { 'templates/b.hbs': '../other/b.hbs' } })).told).toBe('');
});

test('a misspelt setting of a host became a variable, and the host was reached as if it were not there', async () => {
  const { told } = await load(
    ...site({
      host: 'prot: 2401, ansible_hosst: 192.0.2.9, ansible_becom: true, usr: root, identity_fil: /x',
      tasks: '    - command: a\n',
    }),
  );
  expect(told).toMatchInlineSnapshot(`
    "inventory.yaml:1:29: prot is no setting of a host, and used by nothing (did you mean port?)
    inventory.yaml:1:50: ansible_hosst is not known, and used by nothing: names that begin with ansible_ are Ansible's (did you mean ansible_host?)
    inventory.yaml:1:76: ansible_becom is not known, and used by nothing: names that begin with ansible_ are Ansible's (did you mean ansible_become?)
    inventory.yaml:1:87: usr is no setting of a host, and used by nothing (did you mean user?)
    inventory.yaml:1:107: identity_fil is no setting of a host, and used by nothing (did you mean identity_file?)"
  `);
});

test('a word of Ansible’s that is unknown is reported; those that change nothing here are not', async () => {
  const told = async (host: string) => (await load(...site({ host, tasks: '    - command: a\n' }))).told;
  expect(await told('ansible_jump: lb1')).toMatchInlineSnapshot(
    `"inventory.yaml:1:37: ansible_jump is not known, and used by nothing: names that begin with ansible_ are Ansible's (remove it, or give a variable of your own another name)"`,
  );
  const ignored = 'ansible_python_interpreter: /usr/bin/python3, ansible_ssh_pipelining: true, ansible_shell_type: sh';
  expect(await told(ignored)).toBe('');
  expect(await told('ports: [1], users: [a], post: 1, my_host: a')).toBe('');
});
