import { expect, test } from 'vitest';
import { load } from '../../../test/kit/site-fixture.js';

const inventory = `
all:
  vars: {balancer: lb1}
  children:
    web: {hosts: {web1: {}, web2: {balancer: web1}}}
    other: {hosts: {lb1: {ansible_host: 192.0.2.7, ansible_become: yes, ansible_become_user: lb}, odd: {ansible_port: many}}}
`;

const site = (tasks: string, play = '') =>
  load({ 'inventory.yaml': inventory, 'site.yaml': `- hosts: web\n${play}  tasks:\n${tasks}` });

test('a task names the host that it is done on; its user is what that host has', async () => {
  const loaded = await site(
    `
    - {command: one, delegate_to: lb1}
    - {command: two, delegate_to: "{{balancer}}", become: no}
    - {command: "three {{item}}", delegate_to: "{{item}}", loop: [web1, localhost]}
    - {command: four, delegate_to: "{{omit}}"}
    - {command: asked, register: asked}
    - {command: five, delegate_to: "{{asked.host}}"}
    - {command: six, delegate_to: lb1, when: asked.changed}
`,
    '  connection: local\n',
  );
  expect(loaded.told).toBe('');
  expect(loaded.program('web2')).toMatchInlineSnapshot(`
    "flush
    task command one become=lb on=lb1 "one"
    task command two on=web1 "two"
    task command three web1 (item=web1) on=web1 "three web1"
    task command three localhost (item=localhost) on=localhost "three localhost"
    task command four "four"
    task command asked register=asked "asked"
    stage command
    stage command
    flush
    flush"
  `);
  expect(await loaded.reach('web2', new Map([['asked', { host: 'lb1', changed: true }]]))).toMatchInlineSnapshot(`
    "command:
      task command five become=lb on=lb1 "five"
    command:
      task command six become=lb on=lb1 "six""
  `);
  expect(await loaded.reach('web2', new Map([['asked', { host: 'lb2', changed: false }]]))).toMatchInlineSnapshot(`
    "command:
      site.yaml:10:36: delegate_to: there is no host "lb2" (did you mean "lb1"?)
    command:
      skipped command (when: asked.changed)"
  `);
  const [play] = loaded.plays;
  expect([...(play?.delegates ?? [])]).toEqual(['lb1', 'web1']);
  expect(play?.settingsOf?.('lb1')).toMatchObject({ connection: 'ssh', address: '192.0.2.7', becomeUser: 'lb' });
  expect(play?.settingsOf?.('localhost')).toMatchObject({ connection: 'local' });
});

test('a host that is not there, or cannot be reached as it is written, is told before the run', async () => {
  const loaded = await site(`
    - {command: one, delegate_to: lb2}
    - {command: two, delegate_to: "{{balancre}}"}
    - {command: three, delegate_to: odd}
    - {command: four, delegate_to: lb1, delegate_facts: yes}
    - {command: five, delegate_to: 192.0.2.9}
    - {import_role: {name: web}, delegate_to: lb1}
    - {command: "six", local_action: x}
`);
  expect(loaded.told).toMatchInlineSnapshot(`
    "site.yaml:4:35: delegate_to: there is no host "lb2" (did you mean "lb1"?)
    site.yaml:5:38: balancre is not defined (did you mean balancer?)
    site.yaml:7:41: "delegate_facts" is not used here (write a play for that host: its facts are its own)
    site.yaml:8:36: delegate_to: there is no host "192.0.2.9" (it must be in the inventory, or localhost)
    site.yaml:9:34: "delegate_to" does not go with import_role (tasks of the role have it themselves)
    site.yaml:10:24: "local_action" is not used here (write the resource, and \`delegate_to: localhost\` beside it)
    inventory.yaml:6:119: ansible_port: expected a port from 1 to 65535, found text "many""
  `);
});

test('a role names the host of its task, too, which must be in the inventory', async () => {
  const loaded = await load({
    'inventory.yaml': inventory,
    'site.yaml': '- hosts: web\n  become: yes\n  roles: [{role: balanced, vars: {balanced_by: "{{balancer}}"}}]\n',
  });
  expect(loaded.told).toBe('');
  expect(loaded.program('web1')).toMatchInlineSnapshot(`
    "flush
    task balanced : drain become=lb on=lb1 {"cmd":"drain web1","always":false}
    flush
    flush"
  `);
  const mistaken = await load({
    'inventory.yaml': inventory,
    'site.yaml': '- hosts: web1\n  roles: [{role: balanced, vars: {balanced_by: lb2}}]\n',
  });
  expect(mistaken.program('web1')).toMatchInlineSnapshot(
    `"site.yaml:2:11: role balanced: drain: delegateTo: there is no host "lb2" (did you mean "lb1"?)"`,
  );
});
