import { describe, expect, test } from 'vitest';
import { load } from '../../test/kit/site-fixture.js';
import { noRecords } from '../model/records.js';

const inventory = `
all:
  vars: {base: "/srv", tries: 7}
  hosts: {web1: {is_first: true}, web2: {only2: x}}
`;

async function site(text: string, files: Readonly<Record<string, string>> = {}) {
  return load({ 'inventory.yaml': inventory, 'site.yaml': text, ...files });
}

describe('a block', () => {
  test('hands down what is said of it, to tasks, roles and files', async () => {
    const loaded = await site(
      `
- hosts: web1
  handlers: [{name: reload, command: reload}]
  tasks:
    - name: the block of {{inventory_hostname}}
      when: is_first
      vars: {base: "/opt"}
      tags: db
      become: true
      become_user: postgres
      ignore_errors: yes
      no_log: true
      notify: reload
      block:
        - file: {path: "{{base}}/a"}
        - import_role: {name: web}
        - import_tasks: more.yaml
        - block:
            - {name: 'own {{item}}', file: {path: "{{base}}/{{item}}"}, loop: [b], ignore_errors: false, no_log: false, tags: in}
      rescue: [{file: {path: "{{base}}/r"}, register: rescued}]
      always: [{file: {path: "{{base}}/z"}, vars: {base: /own}}]
    - {file: {path: "{{base}}/c"}, when: rescued.changed}
`,
      { 'more.yaml': '- file: {path: "{{base}}/more"}' },
    );
    expect(loaded.told).toBe('');
    expect(loaded.program('web1')).toMatchInlineSnapshot(`
      "flush
      block the block of web1 tags=db
        tasks
          task file tags=db become=postgres ignore-errors no-log notify=reload {"path":"/opt/a","state":"present"}
          task web : file /etc/web.conf tags=db,config become=postgres ignore-errors no-log notify=task web : restart web tags=db become=postgres no-log {"name":"web"} notify=reload all notify=reload {"path":"/etc/web.conf","content":"{\\"web_port\\":80,\\"web_tls\\":false,\\"web_name\\":\\"web1:80\\",\\"web_sites\\":[],\\"os\\":\\"debian\\",\\"force\\":false}","state":"present"}
          stage web : sites tags=db
          task web : service web tags=db become=www ignore-errors no-log notify=reload {"name":"web"}
          task file tags=db become=postgres ignore-errors no-log notify=reload {"path":"/opt/more","state":"present"}
          block block tags=db
            tasks
              task own b (item=b) tags=db,in become=postgres notify=reload {"path":"/opt/b","state":"present"}
        rescue
          task file tags=db become=postgres register=rescued ignore-errors no-log notify=reload {"path":"/opt/r","state":"present"}
        always
          task file tags=db become=postgres ignore-errors no-log notify=reload {"path":"/own/z","state":"present"}
      task file /srv/c when=later {"path":"/srv/c","state":"present"}
      flush
      flush
      handler task reload "reload""
    `);
  });

  test('that is not for a host is skipped task by task, but for its rescue', async () => {
    const loaded = await site(`
- hosts: all
  tasks:
    - when: defined only2
      block:
        - {file: {path: "/{{only2}}"}, register: a}
        - {name: 'to {{item}}', command: x, loop: [1, 2]}
        - {block: [{command: y}, {import_role: web}]}
        - meta: flush_handlers
      rescue: [{command: r}]
      always: [{command: z}]
`);
    expect(loaded.told).toBe('');
    expect(loaded.program('web1')).toMatchInlineSnapshot(`
      "flush
      skipped file (when: defined only2)
      skipped to {{item}} (when: defined only2)
      skipped command (when: defined only2)
      skipped web : role web (when: defined only2)
      skipped command (when: defined only2)
      flush
      flush"
    `);
  });

  test('is known ahead where its condition depends on a result, and its tasks do not', async () => {
    const loaded = await site(`
- hosts: web2
  tasks:
    - {command: x, register: found}
    - when: found.changed
      block: [{file: {path: /a}}]
      rescue: [{command: "{{ansible_failed_result.stderr}}"}]
    - when: found.changed
      block: [{file: {path: "/{{found.stdout}}"}}]
`);
    expect(loaded.told).toBe('');
    expect(loaded.program('web2')).toMatchInlineSnapshot(`
      "flush
      task command x register=found "x"
      block block when=later
        tasks
          task file /a {"path":"/a","state":"present"}
        rescue
          stage command
      block block when=later
        tasks
          stage file
      flush
      flush"
    `);
  });

  test('is listed with all of its tasks, and its tags', async () => {
    const loaded = await site(`
- hosts: web1
  tasks:
    - tags: db
      block: [{name: a, command: a}, {tags: in, block: [{name: b, command: b}]}]
      rescue: [{name: r, command: r}]
      always: [{name: z, command: z}]
`);
    expect(loaded.listing[0]?.tasks.map(({ name, tags }) => `${name}: ${tags.join(' ')}`)).toEqual([
      'a: db',
      'b: db in',
      'r: db',
      'z: db',
    ]);
  });
});

test('words about the outcome', async () => {
  const loaded = await site(`
- hosts: web1
  ignore_errors: true
  tasks:
    - {command: a, changed_when: false, failed_when: [false, true], ignore_errors: no}
    - {command: b, register: b, changed_when: "eq b.rc 1", failed_when: [matches b.stdout "x", false], until: not b.failed}
    - {command: c, retries: "{{tries}}", delay: "2.5"}
    - {command: d, until: true, retries: 0, no_log: true}
    - {name: 'password {{item}}', command: "x{{item}}", loop: [sword, fish], no_log: true}
`);
  expect(loaded.told).toBe('');
  expect(loaded.program('web1')).toMatchInlineSnapshot(`
    "flush
    task command a changedWhen=false failedWhen=false "a"
    task command b register=b ignore-errors changedWhen=later failedWhen=later retry=3/5/until "b"
    task command c ignore-errors retry=7/2.5 "c"
    task command ignore-errors no-log retry=0/5/until "d"
    task password {{item}} (item 1 of 2) ignore-errors no-log "xsword"
    task password {{item}} (item 2 of 2) ignore-errors no-log "xfish"
    flush
    flush"
  `);
});

test('mistakes in blocks and words about the outcome', async () => {
  const { told } = await site(
    `
- hosts: all
  tasks:
    - block:
        - fiel: {path: /a}
        - {file: {path: /a}, rescue: []}
      loop: [1]
      register: x
      until: true
      notify: reload
      resuce: []
    - block: x
      rescue: []
    - rescue: []
    - block: [{command: "{{nobody}}"}]
      rescue: [{command: "{{ansible_failed_reslut.msg}}"}]
      when: is_frist
    - {command: a, changed_when: r.rc == 0, register: r}
    - {command: a, failed_when: rc, until: ne s.rc 0, register: r}
    - {command: a, failed_when: [true, {a: 1}], retries: -1, delay: soon}
    - {command: a, retries: 1.5, until: "defined ansible_failed_task.name"}
    - {command: a, ignore_errors: "{{is_first}}", no_log: maybe}
    - {command: "{{only2}}", failed_when: only2}
    - {meta: flush_handlers, ignore_errors: true}
    - {import_role: web, failed_when: true}
  handlers:
    - {name: h, block: []}
  retries: 3
`,
  );
  expect(told).toMatchInlineSnapshot(`
    "site.yaml:5:11: unknown key "fiel" (did you mean "file"?)
    site.yaml:6:30: "rescue" is not used here (it is a word of \`block\`)
    site.yaml:7:7: "loop" does not go with block (write the tasks in a file, and use \`include_tasks\` with the loop)
    site.yaml:8:7: "register" does not go with block (write it in the tasks themselves)
    site.yaml:9:7: "until" does not go with block (write it in the tasks themselves)
    site.yaml:10:15: there is no handler "reload" (the play needs it under \`handlers:\`)
    site.yaml:11:7: unknown key "resuce" (did you mean "rescue"?)
    site.yaml:12:14: block: expected a list, found text "x" (write a list: [x])
    site.yaml:14:7: "rescue" is not used here (it is a word of \`block\`)
    site.yaml:15:28: nobody is not defined
    site.yaml:16:29: ansible_failed_reslut is not defined (did you mean ansible_failed_result?)
    site.yaml:17:13: is_frist is not defined (did you mean is_first?)
    site.yaml:18:34: \`r.rc == 0\` is not a Handlebars expression (write it as eq r.rc 0)
    site.yaml:19:33: rc is not defined (did you mean r?)
    site.yaml:19:47: s is not defined
    site.yaml:20:40: failed_when[1]: expected true or false or text, found a map
    site.yaml:20:58: retries: must be at least 0, found number -1
    site.yaml:21:29: retries: expected a whole number, found 1.5
    site.yaml:22:35: ignore_errors: expected true or false, found text "{{is_first}}" (write true or false: a template cannot stand here)
    site.yaml:22:59: no_log: expected true or false, found text "maybe"
    site.yaml:23:20: only2 is not defined (on web1)
    site.yaml:23:43: only2 is not defined (on web1)
    site.yaml:24:30: "ignore_errors" does not go with meta
    site.yaml:25:26: "failed_when" does not go with import_role (tasks of the role have it themselves)
    site.yaml:27:17: "block" is not used here (it is a word of tasks)
    site.yaml:28:3: "retries" is not used here (it is a word of tasks)"
  `);
});

test('a judgement that finds no such field says where it was written', async () => {
  const loaded = await site(`
- hosts: web1
  tasks:
    - {command: a, register: r, failed_when: r.nothing}
`);
  expect(loaded.told).toBe('');
  const items =
    loaded.plays[0]?.program({
      name: 'web1',
      address: '',
      facts: (await import('./render/ansible-facts.js')).standInFacts,
      root: '',
      at: (at) => at,
      force: false,
      update: false,
      records: noRecords,
      files: { template: (src) => src, file: (src) => src, own: (name) => name },
    }).items ?? [];
  const [judge] = items.flatMap((item) => (item.kind === 'task' ? [item.failedWhen] : []));
  const result = { changed: false, failed: false, skipped: false, kept: false };
  expect(() => typeof judge === 'function' && judge(result, new Map())).toThrow(/r\.nothing is not defined/);
});
