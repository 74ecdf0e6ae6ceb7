import { expect, test } from 'vitest';
import { load } from '../../../test/kit/site-fixture.js';

const told = async (name: string) =>
  (
    await load({
      'inventory.yaml': 'all: {hosts: {web1: {}}}',
      'site.yaml': `- hosts: all\n  tasks: [{command: "a {{${name}}}"}]\n`,
      'templates/a.hbs': '',
    })
  ).told.replace(/^site.yaml:\d+:\d+: /, '');

test('a variable of Ansible’s led to the nearest name, which means something else', async () => {
  expect(await told('ansible_host')).toBe(
    'ansible_host is not defined (it is a setting of the inventory, and in templates only where the inventory has it: give it a variable of your own)',
  );
  expect(await told('ansible_check_mode')).toContain('in a role of TypeScript it is flags.check');
  for (const name of [
    'ansible_user',
    'ansible_port',
    'ansible_managed',
    'ansible_version',
    'ansible_kernel',
    'play_hosts',
  ])
    expect(await told(name), name).not.toContain('did you mean');
  expect(await told('ansible_hostnmae')).toContain('did you mean ansible_hostname?');
});
