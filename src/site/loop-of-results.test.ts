import { expect, test } from 'vitest';
import { FakeHost, runOver } from '../../test/kit/fake-host.js';
import { load } from '../../test/kit/site-fixture.js';
import type { Results } from '../model/task.js';

const inventory = 'all: {hosts: {web1: {}}}';

function site(tasks: string, files: Readonly<Record<string, string>> = {}, play = '') {
  return load({ 'inventory.yaml': inventory, 'site.yaml': `- hosts: all\n${play}  tasks:\n${tasks}`, ...files });
}

const results: Results = new Map([
  ['asked', { changed: false, failed: false, skipped: false, kept: false, stdout: '{{secret}}', rc: 0 }],
]);

test('a loop that is a list with the template of a result gave itself for ever', async () => {
  const loaded = await site(
    `
    - {command: ask, register: asked}
    - {command: "a {{item}}", loop: ["{{asked.stdout}}", plain]}
    - {command: "b {{item.name.[0]}}", loop: [{name: ["{{asked.stdout}} and {{asked.rc}}"]}]}
    - {command: "c {{item}}", loop: "{{names}}"}
    - {command: "d {{item}}", loop: ["{{asked.stdout}}"], loop_control: {label: "{{item}}"}, when: eq asked.rc item}
    - {command: "e {{item}}", loop: ["{{asked.stdout}}"], delegate_to: "{{default asked.nothing inventory_hostname}}"}
`,
    {},
    '  vars: {names: ["{{asked.rc}}"]}\n',
  );
  expect(loaded.told).toBe('');
  expect(loaded.program('web1')).toMatchInlineSnapshot(`
    "flush
    task command ask register=asked "ask"
    stage command
    stage command
    stage command
    stage command
    stage command
    flush
    flush"
  `);
  expect(await loaded.reach('web1', results)).toMatchInlineSnapshot(`
    "command:
      task command a {{secret}} (item={{secret}}) "a {{secret}}"
      task command a plain (item=plain) "a plain"
    command:
      task command b {{secret}} and 0 (item={"name":["{{secret}} and 0"]}) "b {{secret}} and 0"
    command:
      task command c 0 (item=0) "c 0"
    command:
      skipped command (item={{secret}}) (when: eq asked.rc item)
    command:
      task command e {{secret}} (item={{secret}}) on=web1 "e {{secret}}""
  `);
});

test('tasks of an include that is made when it is reached did not see what they register themselves', async () => {
  const loaded = await site(
    `
    - {command: ask, register: asked}
    - {include_tasks: inner.yaml, loop: ["{{asked.stdout}}", "{{asked.rc}}"], loop_control: {loop_var: each}}
`,
    {
      'inner.yaml': `
- {command: "begin {{each}}", register: begun}
- {command: "first {{begun.stdout}}"}
- {command: "item {{item}} {{each}}", loop: ["{{begun.stdout}}"]}
- block:
    - {command: "within {{asked.rc}}", register: within}
    - {command: "behind {{within.stdout}}"}
  when: eq asked.rc 0
`,
    },
  );
  expect(loaded.told).toBe('');
  // What an earlier round registered under that name is not what this one will.
  expect(await loaded.reach('web1', new Map([...results, ['begun', { stdout: 'old' }]]))).toMatchInlineSnapshot(`
    "include_tasks inner.yaml:
      task command begin {{secret}} register=begun "begin {{secret}}"
      stage command
      stage command
      block block
        tasks
          task command within 0 register=within "within 0"
          stage command
      task command begin 0 register=begun "begin 0"
      stage command
      stage command
      block block
        tasks
          task command within 0 register=within "within 0"
          stage command"
  `);
});

test('a loop over what a host printed is refused where it would be millions of tasks', async () => {
  const loaded = await site(`
    - {command: ask, register: asked}
    - {command: "{{item}}", loop: "{{split asked.stdout ','}}"}
`);
  const printed = (count: number) => new Map([['asked', { stdout: ','.repeat(count - 1) }]]);
  expect((await loaded.reach('web1', printed(100))).split('\n').length).toBe(101);
  expect(await loaded.reach('web1', printed(10_001))).toMatchInlineSnapshot(`
    "command:
      site.yaml:5:35: loop has 10001 items, and may have 10000"
  `);
});

test('a loop without items registers a result without results, as in Ansible', async () => {
  const loaded = await site(
    `
    - {command: "a {{item}}", loop: "{{nothing}}", register: none}
    - {command: "b {{length none.results}}"}
    - {command: "c {{item}}", loop: "{{none.results}}"}
    - {command: "d", when: not none.changed}
`,
    {},
    '  vars: {nothing: []}\n',
  );
  expect(loaded.told).toBe('');
  const { lines, report } = await runOver({ web1: new FakeHost() }, loaded.plays);
  expect(lines).toMatchInlineSnapshot(`
    [
      "web1 command: skipped the loop has no items",
      "web1 command b 0: ok",
      "web1 command: skipped the loop has no items",
      "web1 command d: ok",
    ]
  `);
  expect(report.exitStatus).toBe(0);
});
