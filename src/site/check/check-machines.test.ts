import { expect, test } from 'vitest';
import { load } from '../../../test/kit/site-fixture.js';

const site = '- hosts: web\n  tasks: [{command: a}]\n- hosts: db\n  tasks: [{command: b}]\n';
const told = async (web: string, db: string, plays = site) =>
  (await load({ 'inventory.yaml': `web: {hosts: {${web}}}\ndb: {hosts: {${db}}}\n`, 'site.yaml': plays })).told;

test('two names that reach one machine are reported before any is contacted, in one play or in two', async () => {
  expect(
    await told('web1: {host: 192.0.2.9, port: 2403}, web2: {ansible_host: 192.0.2.9, ansible_port: 2403}', 'db1: {}'),
  ).toMatchInlineSnapshot(
    `"inventory.yaml:1:52: web1 and web2 are one machine: both connect to 192.0.2.9, port 2403 (give it one name in the inventory, which may be in several groups; or correct the address of one)"`,
  );
  expect(await told('web1: {host: DB1.example., user: ops}', 'db1.example: {user: ops}')).toMatchInlineSnapshot(
    `"inventory.yaml:2:14: web1 and db1.example are one machine: both connect to DB1.example., as ops (give it one name in the inventory, which may be in several groups; or correct the address of one)"`,
  );
  expect(await told('"web[1:5]": {host: 127.0.0.1}', 'db1: {host: localhost}')).toMatchInlineSnapshot(
    `"inventory.yaml:1:15: web1 and web2 (and 4 more) are one machine: both connect to 127.0.0.1 (give it one name in the inventory, which may be in several groups; or correct the address of one)"`,
  );
});

test('a play whose variable leads all of its hosts to one machine is reported', async () => {
  const moved = '- hosts: web\n  vars: {ansible_host: 192.0.2.9}\n  tasks: [{command: a}]\n';
  expect(await told('web1: {}, web2: {}', 'db1: {}', moved)).toMatchInlineSnapshot(
    `"inventory.yaml:1:25: web1 and web2 are one machine: both connect to 192.0.2.9 (give it one name in the inventory, which may be in several groups; or correct the address of one)"`,
  );
});

test('a task that is delegated to its own machine by another name is reported: it would wait for its own run lock', async () => {
  const delegated = '- hosts: web\n  tasks: [{command: a, delegate_to: db1}]\n';
  expect(await told('web1: {host: 192.0.2.9}', 'db1: {host: 192.0.2.9}', delegated)).toMatchInlineSnapshot(
    `"inventory.yaml:2:14: web1 and db1 are one machine: both connect to 192.0.2.9 (give it one name in the inventory, which may be in several groups; or correct the address of one)"`,
  );
});

test('names that differ in port, user or staging folder are what they seem: containers, accounts and folders', async () => {
  const same = 'host: 192.0.2.9';
  expect(await told(`web1: {${same}}, web2: {${same}, port: 2222}`, `db1: {${same}, user: db}`)).toBe('');
  expect(await told(`web1: {${same}, root: /srv/a}`, `db1: {${same}, root: /srv/b}`)).toBe('');
  expect(await told('web1: {connection: local, root: /srv/a}', 'db1: {connection: local}')).toBe('');
  expect(await told('web1: {connection: local}', 'db1: {connection: local}')).toBe('');
});

test('two local names of one play are this machine twice', async () => {
  expect(await told('web1: {connection: local}, web2: {connection: local}', 'db1: {}')).toMatchInlineSnapshot(
    `"inventory.yaml:1:42: web1 and web2 are one machine: both are this one, reached without ssh (give it one name in the inventory, which may be in several groups; or correct the address of one)"`,
  );
});
