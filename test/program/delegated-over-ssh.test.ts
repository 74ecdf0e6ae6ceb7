import { readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Sshd, startSshd } from '../kit/connection/sshd.js';
import { provisionJson } from '../kit/provision.js';

/* Tasks of two hosts that are delegated to one behind a real sshd. All stage into folders: no lock of this machine is taken. */

let sshd: Sshd;
beforeAll(async () => {
  sshd = await startSshd();
  for (const host of ['web1', 'web2', 'db1']) await mkdir(join(sshd.folder, host));
});
afterAll(() => sshd?.stop());

const site = `
- hosts: web
  tasks:
    - name: Tell the database
      line: {path: /clients, line: "{{inventory_hostname}}", create: true}
      delegate_to: db1
      register: told
      notify: reload
    - {name: Told, directory: {path: /told}, when: told.changed}
    - {name: Once, file: {path: /once, content: once}, delegate_to: db1, run_once: true}
  handlers:
    - {name: reload, file: {path: "/reloaded-{{inventory_hostname}}", content: x}, delegate_to: db1}
`;

async function run(knownHosts: string) {
  const at = (name: string) => join(sshd.folder, name);
  const [key] = sshd.settings().identityFiles;
  const inventory = `
all:
  children:
    web:
      vars: {ansible_connection: local}
      hosts: {web1: {root: ${at('web1')}}, web2: {root: ${at('web2')}}}
    db:
      hosts:
        db1:
          ansible_host: 127.0.0.1
          ansible_port: ${sshd.port}
          ansible_ssh_private_key_file: ${key}
          known_hosts_file: ${at(knownHosts)}
          root: ${at('db1')}
`;
  writeFileSync(at('inventory.yaml'), inventory);
  writeFileSync(at('site.yaml'), site);
  writeFileSync(at('empty'), '');
  return provisionJson(['site.yaml'], { cwd: sshd.folder });
}

test('a host whose key is not known is not worked on: the tasks fail, their hosts are reached', async () => {
  const { report, tasks } = await run('empty');
  expect(report.exitStatus).toBe(2);
  expect(report.hosts.web1).toMatchObject({ failed: 1, unreachable: 0 });
  expect(tasks.find(({ host }) => host === 'web1')?.summary).toMatch(/^delegated to db1: .*host key/);
  expect(() => readFileSync(join(sshd.folder, 'db1/clients'))).toThrow('ENOENT');
});

test('one that is known is worked on for both, and loses no word of either', async () => {
  const { report, tasks, stdout } = await run('known_hosts');
  expect({ status: report.exitStatus, stdout }).toMatchObject({ status: 0 });
  const lines = tasks.map(({ host, delegate, task, outcome }) => `${host} ${delegate ?? '-'} ${task}: ${outcome}`);
  const inOrder = lines.filter((line) => line.startsWith('web2'));
  expect(inOrder).toEqual([
    'web2 db1 Tell the database: changed',
    'web2 - Told: changed',
    'web2 db1 Once: ok',
    'web2 db1 reload: changed',
  ]);
  const clients = readFileSync(join(sshd.folder, 'db1/clients'), 'utf8');
  expect(clients.split('\n').sort()).toEqual(['', 'web1', 'web2']);
  for (const name of ['once', 'reloaded-web1', 'reloaded-web2']) readFileSync(join(sshd.folder, 'db1', name));

  const second = await run('known_hosts');
  expect(Object.values(second.report.hosts).map(({ changed }) => changed)).toEqual([0, 0]);
});
