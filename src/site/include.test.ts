import { expect, test } from 'vitest';
import { FakeHost, runOver } from '../../test/kit/fake-host.js';
import { load } from '../../test/kit/site-fixture.js';

const inventory = `
all:
  hosts:
    web1: {kind: blue}
    web2: {kind: red}
`;

async function site(tasks: string, files: Readonly<Record<string, string>> = {}, play = '') {
  return load({ 'inventory.yaml': inventory, 'site.yaml': `- hosts: all\n${play}  tasks:\n${tasks}`, ...files });
}

test('imported tasks stand in their place, with tags, become and variables handed down', async () => {
  const loaded = await site(
    `
    - command: before
    - import_tasks: more/one.yaml
      tags: [a]
      become: yes
      vars: {greeting: hi, name: "{{inventory_hostname}}"}
    - import_tasks: {file: plain.yaml}
`,
    {
      'more/one.yaml': `
- {command: "echo {{greeting}} {{name}}", tags: b}
- meta: flush_handlers
- import_tasks: two.yaml
- {command: "own {{greeting}}", vars: {greeting: mine}, become: no}
`,
      'more/two.yaml': '- command: "deep {{greeting}}"',
      'tasks/plain.yaml': '- command: plain',
    },
  );
  expect(loaded.told).toBe('');
  expect(loaded.program('web1')).toMatchInlineSnapshot(`
    "flush
    task command before "before"
    task command echo hi web1 tags=a,b become=root "echo hi web1"
    flush
    task command deep hi tags=a become=root "deep hi"
    task command own mine tags=a "own mine"
    task command plain "plain"
    flush
    flush"
  `);
  expect(loaded.listing[0]?.tasks).toMatchInlineSnapshot(`
    [
      {
        "name": "command before",
        "tags": [],
      },
      {
        "name": "command echo hi web1",
        "tags": [
          "a",
          "b",
        ],
      },
      {
        "name": "command deep hi",
        "tags": [
          "a",
        ],
      },
      {
        "name": "command own mine",
        "tags": [
          "a",
        ],
      },
      {
        "name": "command plain",
        "tags": [],
      },
    ]
  `);
});

test('the condition is decided once: false, true, or when the results it asks for are there', async () => {
  const files = { 'more.yaml': '- {command: first, register: state}\n- command: second' };
  const loaded = await site(
    `
    - {command: look, register: state}
    - import_tasks: more.yaml
      when: eq kind "blue"
    - name: Later
      import_tasks: more.yaml
      when: state.changed
      tags: x
`,
    files,
  );
  expect(loaded.told).toBe('');
  expect(loaded.program('web1')).toMatchInlineSnapshot(`
    "flush
    task command look register=state "look"
    task command first register=state "first"
    task command second "second"
    stage Later tags=x
    flush
    flush"
  `);
  expect(loaded.program('web2')).toMatchInlineSnapshot(`
    "flush
    task command look register=state "look"
    skipped import_tasks more.yaml (when: eq kind "blue")
    skipped command (when: eq kind "blue")
    stage Later tags=x
    flush
    flush"
  `);
  const changed = { changed: true, failed: false, skipped: false, kept: false };
  expect(await loaded.reach('web1', new Map([['state', changed]]))).toMatchInlineSnapshot(`
    "Later:
      task command first tags=x register=state "first"
      task command second tags=x "second""
  `);
  expect(await loaded.reach('web1', new Map([['state', { ...changed, changed: false }]]))).toMatchInlineSnapshot(`
    "Later:
      skipped Later tags=x (when: state.changed)
      skipped command tags=x (when: state.changed)"
  `);
});

test('a file or role may be named by a template, and be there for each item of a loop', async () => {
  const loaded = await site(
    `
    - include_tasks: "{{kind}}.yaml"
    - include_tasks: each.yaml
      loop: [1, 2]
      when: ne item 3
    - {command: look, register: asked}
    - include_tasks: "{{asked.stdout}}.yaml"
    - include_role: {name: "{{role}}"}
      loop: [web]
      loop_control: {loop_var: role}
    - include_role: {name: web, vars: {web_port: 81}}
      tags: r
`,
    {
      'blue.yaml': '- command: blue',
      'red.yaml': '- command: red {{inventory_hostname}}',
      'each.yaml': '- command: each {{item}}\n- {command: "inner {{item}}", loop: [a]}',
      'late.yaml': '- command: late\n- fiel: x',
    },
  );
  expect(loaded.told).toBe('');
  expect(loaded.program('web1')).toMatchInlineSnapshot(`
    "flush
    task command blue "blue"
    task command each 1 "each 1"
    task command inner a (item=a) "inner a"
    task command each 2 "each 2"
    task command inner a (item=a) "inner a"
    task command look register=asked "look"
    stage include_tasks {{asked.stdout}}.yaml
    task web : file /etc/web.conf tags=config notify=task web : restart web {"name":"web"} notify=reload all {"path":"/etc/web.conf","content":"{\\"web_port\\":80,\\"web_tls\\":false,\\"web_name\\":\\"web1:80\\",\\"web_sites\\":[],\\"os\\":\\"debian\\",\\"force\\":false}","state":"present"}
    stage web : sites
    task web : service web become=www {"name":"web"}
    task web : file /etc/web.conf tags=r,config notify=task web : restart web tags=r {"name":"web"} notify=reload all {"path":"/etc/web.conf","content":"{\\"web_port\\":81,\\"web_tls\\":false,\\"web_name\\":\\"web1:81\\",\\"web_sites\\":[],\\"os\\":\\"debian\\",\\"force\\":false}","state":"present"}
    stage web : sites tags=r
    task web : service web tags=r become=www {"name":"web"}
    flush
    flush"
  `);
  expect(loaded.program('web2').split('\n')[1]).toMatchInlineSnapshot(`"task command red web2 "red web2""`);
  expect(await loaded.reach('web1', new Map([['asked', { stdout: 'blue' }]]))).toMatchInlineSnapshot(`
    "include_tasks {{asked.stdout}}.yaml:
      task command blue "blue"
    sites:
      task web : file /srv/sites {"path":"/srv/sites","state":"present"}
    sites:
      task web : file /srv/sites tags=r {"path":"/srv/sites","state":"present"}"
  `);
  expect(await loaded.reach('web1', new Map([['asked', { stdout: 'late' }]]))).toMatchInlineSnapshot(`
    "include_tasks {{asked.stdout}}.yaml:
      late.yaml:2:3: unknown key "fiel" (did you mean "file"?)
    sites:
      task web : file /srv/sites {"path":"/srv/sites","state":"present"}
    sites:
      task web : file /srv/sites tags=r {"path":"/srv/sites","state":"present"}"
  `);
  expect(loaded.listing[0]?.tasks).toMatchInlineSnapshot(`
    [
      {
        "name": "include_tasks {{kind}}.yaml",
        "stage": true,
        "tags": [],
      },
      {
        "name": "command",
        "tags": [],
      },
      {
        "name": "command",
        "tags": [],
      },
      {
        "name": "command look",
        "tags": [],
      },
      {
        "name": "include_tasks {{asked.stdout}}.yaml",
        "stage": true,
        "tags": [],
      },
      {
        "name": "include_role {{role}}",
        "stage": true,
        "tags": [],
      },
      {
        "name": "file /etc/web.conf",
        "role": "web",
        "tags": [
          "r",
          "config",
        ],
      },
      {
        "name": "sites",
        "role": "web",
        "stage": true,
        "tags": [
          "r",
        ],
      },
      {
        "name": "service web",
        "role": "web",
        "tags": [
          "r",
        ],
      },
    ]
  `);
});

test('mistakes in files have their own places; what is wrong with naming them is told where they are named', async () => {
  const loaded = await site(
    `
    - import_tasks: nowhere.yaml
    - import_tasks: mroe.yaml
    - import_tasks: more.yaml
    - import_tasks: loop.yaml
    - import_tasks: "{{kind}}.yaml"
    - {import_tasks: empty.yaml, loop: [1], register: x}
    - include_tasks: {file: map.yaml, apply: {tags: a}}
    - include_tasks: "{{kind}}.yaml"
    - include_tasks: 5
    - include_role: {name: wbe}
    - include_role: {name: web, tasks_from: other, vars: {web_prot: 1}}
    - include_role: {name: "{{kind}}"}
    - import_role: {name: web, public: yes}
    - ansible.builtin.import_tasks: empty.yaml
    - include: empty.yaml
    - {meta: end_host, when: "true"}
    - meta: flush_handler
    - meta: noop
`,
    {
      'more.yaml':
        '- command: "{{nowehre}}"\n- {file: {path: a}, notify: nobody}\n- {command: x, vars: {a: "{{b c}}"}}',
      'loop.yaml': '- import_tasks: again.yaml',
      'again.yaml': '- include_tasks: loop.yaml',
      'empty.yaml': '',
      'map.yaml': 'tasks: []',
      'red.yaml': '- command: [',
      'blue.yaml': '- file: {path: blue}',
    },
  );
  expect(loaded.told).toMatchInlineSnapshot(`
    "site.yaml:4:21: there is no file nowhere.yaml, looked for in  and tasks/ there (did you mean "more.yaml"?)
    site.yaml:5:21: there is no file mroe.yaml, looked for in  and tasks/ there (did you mean "more.yaml"?)
    site.yaml:8:21: the file of import_tasks cannot be a template: it is read before any host is known (use \`include_tasks\`)
    site.yaml:9:34: "loop" does not go with import_tasks (use \`include_tasks\`)
    site.yaml:9:45: "register" does not go with import_tasks (write it in the tasks themselves)
    site.yaml:10:39: "apply" is not used here (remove it: tags, become and variables of the task are handed down)
    site.yaml:12:22: expected a map, found number 5
    site.yaml:13:28: there is no role "wbe" (did you mean "web"?)
    site.yaml:14:33: "tasks_from" is not used here (make a role of its own of those tasks)
    site.yaml:14:59: the role web has no variable "web_prot" (did you mean "web_port"?)
    site.yaml:15:28: there is no role "blue" (there are web, balanced)
    site.yaml:15:28: there is no role "red" (there are web, balanced)
    site.yaml:16:32: "public" is not used here (remove it: variables of a role are its own)
    site.yaml:17:7: "ansible.builtin.import_tasks" is not used here (write it as \`import_tasks:\`)
    site.yaml:18:7: "include" is not used here (use \`import_tasks\`, or \`include_tasks\` where the name is known at run time)
    site.yaml:19:14: meta: end_host is not used here (put what follows into a file of its own, \`import_tasks\` it, and give that a \`when\`)
    site.yaml:19:24: "when" does not go with meta
    site.yaml:20:13: unknown meta "flush_handler" (did you mean "flush_handlers"?)
    again.yaml:1:18: the tasks of loop.yaml would contain themselves: loop.yaml -> again.yaml -> loop.yaml (repeat tasks with \`loop\`)
    map.yaml:1:1: expected a list of tasks, found a map
    red.yaml:1:13: YAML: flow sequence in block collection must be sufficiently indented and end with a ] (check the indentation, and quote text that holds ": " or begins with { or [)
    more.yaml:1:15: nowehre is not defined
    more.yaml:2:17: file: path: must be an absolute path, found text "a"
    more.yaml:2:29: there is no handler "nobody" (the play needs it under \`handlers:\`)
    more.yaml:3:29: there is no function b (there are eq ne gt gte lt lte in contains matches not and or ternary default defined lower upper trim replace split join length first last keys add union concat get number string int bool json yaml basename dirname)
    blue.yaml:1:16: file: path: must be an absolute path, found text "blue""
  `);
});

test('handlers may be imported', async () => {
  const loaded = await site(
    '    - {command: a, notify: restart}',
    { 'handlers.yaml': '- {name: restart, service: {name: web}}' },
    '  handlers: [{import_tasks: handlers.yaml}]\n',
  );
  expect(loaded.told).toBe('');
  expect(loaded.program('web1')).toMatchInlineSnapshot(`
    "flush
    task command a notify=restart "a"
    flush
    flush
    handler task restart {"name":"web"}"
  `);
});

test('tags of imported tasks are found also where it is decided late whether they are wanted', async () => {
  const { told, plays } = await site(
    `
    - {command: look, register: state, tags: always}
    - {import_tasks: more.yaml, when: not state.changed}
    - {import_tasks: more.yaml, when: state.changed}
    - {command: other}
`,
    { 'more.yaml': '- {command: wanted, tags: wanted}\n- {command: unwanted}\n- meta: flush_handlers\n' },
  );
  expect(told).toBe('');
  const { lines } = await runOver(
    { web1: new FakeHost() },
    [{ ...(plays[0] ?? never()), hosts: plays[0]?.hosts.slice(0, 1) ?? [] }],
    { tags: ['wanted'] },
  );
  expect(lines).toEqual(['web1 command look: ok', 'web1 command wanted: ok']);
});

function never(): never {
  throw new Error('there is no play');
}

test('files that each include ten others ten deep come to an end', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 9 }, (_, level) => [`f${level}.yaml`, `- include_tasks: f${level + 1}.yaml\n`.repeat(10)]),
  );
  const site = '- hosts: all\n  tasks:\n    - include_tasks: f0.yaml\n';
  const { told } = await load({ 'inventory.yaml': 'all: {hosts: {a: }}', 'site.yaml': site, 'f9.yaml': '', ...files });
  expect(told).toMatch(
    /^f\d\.yaml:\d+:18: the site reads files of tasks more than 5000 times \(repeat tasks with `loop`\)$/,
  );
});
