import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LoopbackHosts, loopbackHostsNeed, startLoopbackHosts } from '../kit/connection/loopback-hosts.js';
import { provision } from '../kit/provision.js';
import { holding, runLock } from '../kit/vitest/holding.js';

/*
 * Who tasks run as under Ansible and here: variables of the host, the play and the task, words of the play, block, role
 * and task, and the command line, each against the others. Each task writes what `id -un` says into a file of its own.
 */

holding(runLock);

const hasAnsible = await execa('ansible-playbook', ['--version'], { reject: false }).then(
  ({ exitCode }) => exitCode === 0,
);
if (!hasAnsible && process.env.PROVISION_REQUIRE_LAB === '1') throw new Error('there is no ansible-playbook here');
/** Hosts of one machine that lock apart, for what is delegated from one to another. */
const missing = loopbackHostsNeed();
const canCompare = hasAnsible && missing === undefined;
/** In CI a comparison that cannot be made is a failure. */
const isRequired = process.env.PROVISION_REQUIRE_LAB === '1';
if (!canCompare) console.warn(`becoming is not compared with Ansible: it needs ${missing ?? 'ansible-core'}`);

let machines: LoopbackHosts;
beforeAll(async () => {
  if (canCompare) machines = await startLoopbackHosts(Object.keys(hosts).length, 2323);
}, 60_000);
afterAll(() => machines?.stop());

const hosts = {
  plain: '',
  wanted: ', ansible_become: true',
  refused: ', ansible_become: false',
  user: ', ansible_become: true, ansible_become_user: daemon',
};

const words = `
- hosts: all
  gather_facts: false
  STRATEGY
  tasks: [{name: nothing, RUN}]
- hosts: all
  gather_facts: false
  STRATEGY
  become: true
  become_user: nobody
  tasks:
    - {name: play, RUN}
    - {name: task-false, RUN, become: false}
    - {name: task-user, RUN, become_user: games}
    - {name: task-variable, RUN, vars: {ansible_become: false}}
    - {name: task-user-variable, RUN, vars: {ansible_become_user: sys}}
    - {block: [{name: block-false, RUN}, {name: block-and-task, RUN, become: true}], become: false}
    - {block: [{name: block-variable, RUN}], vars: {ansible_become_user: sys}}
    - {import_role: {name: asking}, become_user: games}
    - {name: to-refused, RUN, delegate_to: refused}
    - {name: to-plain, RUN, delegate_to: plain}
    - {name: to-user, RUN, delegate_to: user, vars: {ansible_become_user: sys}}
- hosts: all
  gather_facts: false
  STRATEGY
  become: false
  tasks: [{name: play-false, RUN}, {name: play-false-task-true, RUN, become: true}]
- hosts: all
  gather_facts: false
  STRATEGY
  become: true
  vars: {ansible_become: false}
  tasks: [{name: play-variable, RUN, become: true}]
- hosts: all
  gather_facts: false
  STRATEGY
  become: true
  vars: {ansible_become_user: "{{name}}", name: sys}
  tasks: [{name: play-user-variable, RUN, become_user: games}]
`;

const few = `
- hosts: all
  gather_facts: false
  STRATEGY
  tasks: [{name: nothing, RUN}, {name: task-false, RUN, become: false}, {name: task-user, RUN, become_user: games}]
- hosts: all
  gather_facts: false
  STRATEGY
  become: true
  tasks: [{name: task-variable, RUN, vars: {ansible_become: true, ansible_become_user: sys}}]
`;

const cases = [
  { what: 'words and variables', site: words, args: [], count: 68 },
  { what: 'the command line', site: few, args: ['--become', '--become-user', 'bin'], count: 16 },
  { what: 'variables of -e', site: few, args: ['-e', 'ansible_become=true ansible_become_user=bin'], count: 16 },
];

test.skipIf(!canCompare && !isRequired).each(cases)(
  '$what',
  async ({ site, args, count }) => {
    const folder = mkdtempSync(join(tmpdir(), 'become-'));
    chmodSync(folder, 0o755);
    try {
      const theirs = await usersUnderAnsible(join(folder, 'theirs'), site, args);
      const ours = await usersHere(join(folder, 'ours'), site, args);
      expect(ours).toEqual(theirs);
      expect(Object.keys(ours)).toHaveLength(count);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  180_000,
);

/** Writes the site in the words of one of the two. @param run makes the task that runs a command */
function write(
  folder: string,
  site: string,
  strategy: string,
  run: (command: string) => string,
  reached: (host: string) => string,
): void {
  mkdirSync(join(folder, 'roles/asking/tasks'), { recursive: true });
  mkdirSync(join(folder, 'users'));
  chmodSync(join(folder, 'users'), 0o1777);
  const fill = (text: string) =>
    text.replaceAll('STRATEGY', strategy).replace(/name: ([\w-]+), RUN/g, (_, name: string) => {
      return `name: ${name}, ${run(`id -un > ${folder}/users/{{inventory_hostname}}.${name}`)}`;
    });
  const lines = Object.entries(hosts).map(([name, more]) => `  ${name}: {${reached(name)}${more}}`);
  writeFileSync(join(folder, 'inventory.yaml'), `all:\n  hosts:\n${lines.map((line) => `  ${line}\n`).join('')}`);
  writeFileSync(join(folder, 'site.yaml'), fill(site));
  writeFileSync(join(folder, 'roles/asking/tasks/main.yml'), fill('- {name: role, RUN}\n'));
}

async function usersUnderAnsible(folder: string, site: string, args: readonly string[]) {
  write(
    folder,
    site,
    'strategy: free',
    // Not `shell`: Ansible packs a program in Python for each, which takes most of its time.
    (command) => `raw: "${command}"`,
    () => 'ansible_connection: local',
  );
  const env = { HOME: folder, ANSIBLE_PYTHON_INTERPRETER: '/usr/bin/python3', ANSIBLE_PIPELINING: '1' };
  const command = ['-i', 'inventory.yaml', 'site.yaml', ...args];
  const { exitCode, stdout, stderr } = await execa('ansible-playbook', command, { cwd: folder, env, reject: false });
  if (exitCode !== 0) throw new Error(stdout + stderr);
  return usersIn(folder);
}

async function usersHere(folder: string, site: string, args: readonly string[]) {
  const run = (command: string) => `command: {cmd: "${command}", always: true}`;
  write(folder, site, '', run, (host) => {
    const address = machines.addressOf(machines.names[Object.keys(hosts).indexOf(host)] ?? '');
    return [
      `ansible_host: ${address}`,
      `ansible_port: ${machines.port}`,
      `ansible_user: root`,
      `ansible_ssh_private_key_file: ${machines.clientKey}`,
      `known_hosts_file: ${machines.knownHosts}`,
    ].join(', ');
  });
  // A role is a program here.
  writeFileSync(
    join(folder, 'roles/asking/index.ts'),
    `import { command, defineRole } from 'registry-provision';
     import { z } from 'zod';
     export default defineRole({
       name: 'asking', summary: 'asks', vars: z.object({}),
       tasks: ({ inventoryHostname }) => [
         command({ cmd: \`id -un > ${folder}/users/\${inventoryHostname}.role\`, always: true }),
       ],
     });`,
  );
  const command = ['site.yaml', '-i', 'inventory.yaml', ...args];
  // The lock of a user other than root lies in /tmp, which these hosts share: one host after the other where none delegates.
  const runs = site.includes('delegate_to') ? [command] : Object.keys(hosts).map((name) => [...command, '-l', name]);
  for (const run of runs) {
    const { status, stdout, stderr } = await provision(run, { cwd: folder });
    if (status !== 0) throw new Error(stdout + stderr);
  }
  return usersIn(folder);
}

/** Users by host and task. */
function usersIn(folder: string): Readonly<Record<string, string>> {
  const users = join(folder, 'users');
  const entries = readdirSync(users).map((name) => [name, readFileSync(join(users, name), 'utf8').trim()]);
  return Object.fromEntries(entries);
}
