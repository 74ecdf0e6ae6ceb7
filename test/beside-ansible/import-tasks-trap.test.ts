import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { provisionJson } from '../kit/provision.js';

/*
 * The trap that the older role for OpenStack fell into: Ansible copies the `when` of import_tasks to each task of the
 * file and asks it anew, so that the first of them can end the rest by what it changes.
 */

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trap-'));
  mkdirSync(join(folder, 'root'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The same site in both spellings: the imported file begins by registering anew what its condition asks for. */
function write(task: (path: string) => string): void {
  const site = `
- hosts: all
  gather_facts: no
  tasks:
    - ${task('/asked')}
      register: state
    - import_tasks: imported.yaml
      when: state.changed
`;
  const imported = `
- ${task('/asked')}
  register: state
- ${task('/behind')}
`;
  writeFileSync(join(folder, 'site.yaml'), site);
  writeFileSync(join(folder, 'imported.yaml'), imported);
}

const hasAnsible = await execa('ansible-playbook', ['--version'], { reject: false }).then(
  ({ exitCode }) => exitCode === 0,
);
if (!hasAnsible && process.env.PROVISION_REQUIRE_LAB === '1') throw new Error('there is no ansible-playbook here');

test.skipIf(!hasAnsible)('Ansible asks the condition before each task: the second one is left out', async () => {
  write((path) => `file: {path: "${join(folder, 'root', path)}", state: directory}`);
  const env = { ANSIBLE_LOCALHOST_WARNING: 'False', ANSIBLE_NOCOLOR: '1', HOME: folder };
  const args = ['-i', 'localhost,', '-c', 'local', join(folder, 'site.yaml')];
  const { stdout } = await execa('ansible-playbook', args, { env, reject: false });
  expect(stdout).toMatch(/ok=2 +changed=1 .* failed=0 +skipped=1/);
  expect(existsSync(join(folder, 'root/behind'))).toBe(false);
});

test('here it is asked once, before the first: all of them run', async () => {
  write((path) => `directory: {path: ${path}}`);
  writeFileSync(join(folder, 'inventory.yaml'), 'all: {hosts: {here: {ansible_connection: local}}}\n');
  const { tasks, report } = await provisionJson([join(folder, 'site.yaml'), '--root', join(folder, 'root')]);
  expect(tasks.map(({ task, outcome }) => `${task}: ${outcome}`)).toEqual([
    'directory /asked: changed',
    'directory /asked: ok',
    'directory /behind: changed',
  ]);
  expect(report.hosts.here).toMatchObject({ changed: 2, skipped: 0 });
  expect(existsSync(join(folder, 'root/behind'))).toBe(true);
});
