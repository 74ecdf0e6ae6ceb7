import { expect, test } from 'vitest';
import { load } from '../../../test/kit/site-fixture.js';

const inventory = `
all:
  vars: {base: "/srv"}
  children:
    web:
      hosts: {web1: {web_port: high, only1: x}, web2: {web_port: "{{basse}}"}, web3: {}}
`;

async function told(site: string, files: Readonly<Record<string, string>> = {}): Promise<string> {
  return (await load({ 'inventory.yaml': inventory, 'site.yaml': site, ...files })).told;
}

test('what is no site', async () => {
  expect(await told('hosts: all')).toMatchInlineSnapshot(
    `"site.yaml:1:1: a site is a list of plays, found a map (begin with \`- hosts: …\`)"`,
  );
  expect(await told('[]')).toMatchInlineSnapshot(
    `"site.yaml:1:1: a site is a list of plays, found an empty list (begin with \`- hosts: …\`)"`,
  );
  expect(await told('- hosts: [')).toMatchInlineSnapshot(
    `"site.yaml:1:11: YAML: flow sequence in block collection must be sufficiently indented and end with a ] (check the indentation, and quote text that holds ": " or begins with { or [)"`,
  );
  expect(await told('- play\n- hosts: all\n  tasks: x')).toMatchInlineSnapshot(`
    "site.yaml:1:3: expected a map, found text "play"
    site.yaml:3:10: expected a map, found text "x""
  `);
  expect((await load({ 'inventory.yaml': inventory })).told).toMatch(/cannot read .*no such file/);
});

test('all mistakes of a site are told at once, each where it was made', async () => {
  const site = `
- name: 5
  hosts: wbe
  become: perhaps
  serial: many
  strategy: free
  host: web
  connection: telnet
  vars_files: [nowhere.yaml, list.yaml]
  roles: [wbe, {rol: web}, {role: web, vars: {web_prot: 1}}]
  tasks:
    - fiel: {path: /a}
    - file: {path: /a}
      template: {src: x, dest: /x}
    - name: nothing
    - just text
    - block: []
    - ansible.builtin.file: {path: /a}
    - ansible.builtin.apt: {name: x}
    - copy: {src: a, dest: /b}
    - command: x
      with_items: [a]
      ignore_errors: yes
      whn: true
    - import_role: {nam: web}
    - include_tasks: more.yaml
  handlers:
    - service: {name: x}
    - {name: twice, service: {name: x}}
    - {name: twice, service: {name: y}}
`;
  expect(await told(site, { 'list.yaml': '- a' })).toMatchInlineSnapshot(`
    "site.yaml:3:10: "wbe" matches no host and no group (did you mean "web"?)
    site.yaml:4:11: become: expected true or false, found text "perhaps"
    site.yaml:5:11: serial[0]: expected a number of hosts, or a share of them such as "30%", found text "many"
    site.yaml:6:3: "strategy" is not used here (remove it: each host goes at its own pace, and \`serial\` makes batches)
    site.yaml:7:3: unknown key "host" (did you mean "hosts"?)
    site.yaml:8:15: connection: expected "ssh" or "local", found text "telnet"
    site.yaml:9:16: cannot read /nowhere.yaml: no such file or directory
    site.yaml:10:11: there is no role "wbe" (did you mean "web"?)
    site.yaml:10:16: the entry names no role (write \`role: NAME\`)
    site.yaml:10:17: unknown key "rol" (did you mean "role"?)
    site.yaml:10:47: the role web has no variable "web_prot" (did you mean "web_port"?)
    site.yaml:12:7: unknown key "fiel" (did you mean "file"?)
    site.yaml:14:7: a task has one resource; this one has file and template (make a task of each)
    site.yaml:15:7: the task says nothing to do (expected one of file, template, service, command, import_role, import_tasks, include_role, include_tasks, meta)
    site.yaml:16:7: expected a map, found text "just text"
    site.yaml:18:7: "ansible.builtin.file" is not used here (write it as \`file:\`)
    site.yaml:19:7: "ansible.builtin.apt" is not used here (there is no such resource: \`provision explain\` lists those there are)
    site.yaml:20:7: "copy" is not used here (the resource is \`file\` here)
    site.yaml:22:7: "with_items" is not used here (write \`loop:\` with a list)
    site.yaml:24:7: unknown key "whn" (did you mean "when"?)
    site.yaml:25:20: this needs "name" (text)
    site.yaml:25:21: unknown key "nam" (did you mean "name"?)
    site.yaml:26:22: there is no file more.yaml, looked for in  and tasks/ there
    site.yaml:28:7: a handler needs a name (tasks notify it by its name)
    site.yaml:30:7: there is another handler named twice
    list.yaml:1:1: expected names with their values, got a list"
  `);
});

test('words in the wrong place', async () => {
  const site = `
- tasks: []
- hosts: web3
  roles:
    - {role: web, web_port: 80, tag: x}
  tasks:
    - import_role: web
      loop: [1]
      register: x
    - file: {path: /a}
      loop_control: {label: x}
    - file: {path: /a}
      loop_control: {index_var: i}
      loop: [1]
`;
  expect(await told(site)).toMatchInlineSnapshot(`
    "site.yaml:2:3: this needs "hosts" (a list)
    site.yaml:5:19: "web_port" is a variable of the role (write it under \`vars:\`)
    site.yaml:5:33: unknown key "tag" (did you mean "tags"?)
    site.yaml:8:7: "loop" does not go with import_role (give the role a list as a variable)
    site.yaml:9:7: "register" does not go with import_role (tasks of the role have it themselves)
    site.yaml:11:7: unknown key "loop_control" (it goes with \`loop:\`)
    site.yaml:13:22: loop_control: unknown key "index_var" (expected loop_var or label)"
  `);
});

test('templates, conditions and parameters are checked for every host, and told once', async () => {
  const site = `
- hosts: web
  vars:
    good: "{{base}}/x"
    bad: "{{bsae}}/x"
    jinja: "{{ base | default('x') }}"
    a: "{{b}}"
    b: "{{a}}"
  tasks:
    - file: {path: "{{good}}", mod: "0644"}
    - file: {path: "{{bad}}"}
    - file: {path: "{{jinja}}"}
    - file:
        path: "{{a}}"
        content: |
          first line
          then {{nobody}}
    - file: {path: "x{{base}}", state: "{{inventory_hostname}}"}
    - file: {path: /a, content: "{{only1}}"}
    - file: {path: /a, content: "{{only1}}"}
      when: defined only1
    - file: {path: /a, content: "{{only1}} {{facts.os_familly}}"}
      when: eq facts.os_family "debian"
    - file: {path: /a}
      when: x == 'y'
    - file: {path: /a}
      when: [true, base is defined, "lowr base"]
    - file: {path: "{{item.path}}"}
      loop: [{path: /a}, {paht: /b}]
    - file: {path: /a}
      loop: "{{base}}"
    - command: {cmd: x, alway: yes}
      notify: reload
      register: result
    - file: {path: "{{item}}", content: "{{result.stdout}}"}
      when: later.changed
    - {command: x, register: later, notify: relod}
    - file: {path: /a, src: nowhere}
    - template: {src: nowhere.hbs, dest: /a}
    - template: {src: wrong.hbs, dest: /a}
    - template: {src: fine.hbs, dest: /a, data: {given: 1}}
    - template: {src: syntax.hbs, dest: /a}
    - service: {name: "{{nobody}}", enabled: maybe}
      when: false
  handlers:
    - name: reload
      service: {name: "{{result.stdout}}"}
`;
  const files = {
    'templates/wrong.hbs': 'fine {{base}}\n{{#each groups.web}}{{this}}{{../nobody}}{{/each}}',
    'templates/fine.hbs': '{{given}} {{base}} {{facts.os_family}} {{default nobody "x"}}',
    'templates/syntax.hbs': '\n\n{{#if base}}',
  };
  expect(await told(site, files)).toMatchInlineSnapshot(`
    "site.yaml:5:13: bsae is not defined, in the value of bad (did you mean base?)
    site.yaml:6:13: \`{{ base | default('x') }}\` is not a Handlebars expression, in the value of jinja (write it as {{default base "x"}})
    site.yaml:7:8: variables are defined by each other: a -> b -> a (give one of them a literal value)
    site.yaml:10:32: file: unknown key "mod" (did you mean "mode"? expected path, content, src, mode or state)
    site.yaml:17:18: nobody is not defined
    site.yaml:18:20: file: path: must be an absolute path, found text "x/srv"
    site.yaml:18:40: file: state: expected "present" or "absent", found text "web1" (on web1)
    site.yaml:18:40: file: state: expected "present" or "absent", found text "web2" (on web2)
    site.yaml:18:40: file: state: expected "present" or "absent", found text "web3" (on web3)
    site.yaml:19:36: only1 is not defined (on web2, web3)
    site.yaml:22:46: facts.os_familly is not defined (did you mean facts.os_family?)
    site.yaml:25:13: \`x == 'y'\` is not a Handlebars expression (write it as eq x "y")
    site.yaml:27:20: there is no function base (write it as defined base)
    site.yaml:27:38: there is no function lowr (did you mean lower text?)
    site.yaml:28:23: item.path is not defined (did you mean item.paht?)
    site.yaml:31:13: loop needs a list, got text
    site.yaml:32:25: command: unknown key "alway" (did you mean "always"? expected cmd or always)
    site.yaml:35:23: item is not defined
    site.yaml:36:13: later is not defined
    site.yaml:37:45: there is no handler "relod" (did you mean "reload"?)
    site.yaml:38:29: there is no file nowhere; looked for /files/nowhere and /nowhere
    site.yaml:39:23: there is no template nowhere.hbs; looked for /templates/nowhere.hbs and <package>/templates/nowhere.hbs
    site.yaml:43:26: nobody is not defined
    site.yaml:43:46: service: enabled: expected true or false, found text "maybe"
    site.yaml:47:16: a handler cannot be made of the result result (use it in \`when\`, or write a task that asks \`when\` something changed)
    templates/wrong.hbs:2:31: nobody is not defined
    templates/syntax.hbs:3:1: the block {{#if}} is not closed (close it with {{/if}})"
  `);
});

test('variables of roles are checked whatever layer they come from', async () => {
  const site = `
- hosts: web
  vars:
    web_tls: 3
  roles:
    - role: web
      vars:
        web_sites:
          - host: a
            root: relative
          - hots: b
    - role: web
      when: eq facts.os_family "debian"
      vars: {web_port: "{{facts.uid}}", web_tls: "yes", web_name: "{{facts.fqdn}}"}
  tasks:
    - import_role: {name: web, vars: {web_port: 80, web_tls: no, web_sites: [{root: /}]}}
`;
  expect(await told(site)).toMatchInlineSnapshot(`
    "inventory.yaml:6:32: role web: web_port: expected a number, found text "high" (on web1)
    inventory.yaml:6:69: basse is not defined, in the value of web_port (on web2) (did you mean base?)
    site.yaml:4:14: role web: web_tls: expected true or false, found number 3
    site.yaml:10:19: role web: web_sites[0].root: must be an absolute path, found text "relative"
    site.yaml:11:13: role web: web_sites[1] needs "host" (text)
    site.yaml:16:78: role web: web_sites[0] needs "host" (text)"
  `);
});

test('values of the command line are text, and count as what is wanted', async () => {
  const files = { 'inventory.yaml': inventory, 'site.yaml': '- {hosts: web3, roles: [web]}' };
  const good = await load(files, { extra: ['web_port=81 web_tls=true', '{"web_sites": [{"host": "{{base}}"}]}'] });
  expect(good.told).toBe('');
  expect(good.program('web3')).toContain('web_port\\":81,\\"web_tls\\":true');
  const bad = await load(files, { extra: ['web_port=high', 'web_tls="{{nowhere}}"'] });
  expect(bad.told).toMatchInlineSnapshot(`
    "site.yaml:1:25: nowhere is not defined, in the value of web_tls (-e)
    role web: web_port: expected a number, found text "high" (from -e)"
  `);
});

test('connection variables may be templates, but not of facts', async () => {
  const hosts =
    'all: {hosts: {web1: {ansible_host: "{{facts.fqdn}}", port: "{{nobody}}"}, web2: {ansible_host: "{{inventory_hostname}}.lan"}}}';
  const site = await load({ 'inventory.yaml': hosts, 'site.yaml': '- {hosts: all, tasks: []}' });
  expect(site.told).toMatchInlineSnapshot(`
    "inventory.yaml:1:36: ansible_host says how to reach the host, and cannot depend on its facts (on web1)
    inventory.yaml:1:63: nobody is not defined, in the value of port (on web1)"
  `);
  expect(site.plays[0]?.hosts[1]?.settings.address).toBe('web2.lan');
});

test('a delay that no clock takes was none at all', async () => {
  const site = `
- hosts: all
  tasks:
    - command: { cmd: "true", always: true, timeout: 1e12 }
      until: rc
      delay: 1e300
`;
  expect(await told(site)).toMatch(/delay: expected seconds, 86400 at most, found 1e\+300/);
});
