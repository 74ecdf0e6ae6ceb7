import { expect, test } from 'vitest';
import { load } from '../../../test/kit/site-fixture.js';
import { InputError } from '../../diagnostics/diagnostic.js';
import { playsFrom } from './start-at.js';

const files = {
  'inventory.yaml': 'all: {vars: {app: shop}, children: {web: {hosts: {web1: {}}}, db: {hosts: {db1: {}}}}}',
  'site.yaml': `
- name: Web
  hosts: web
  tasks:
    - {name: "Deploy {{app}}", command: deploy}
    - {name: Check, command: check}
- name: Both
  hosts: all
  roles: [web]
  tasks:
    - {name: Check, command: check}
`,
};

async function from(name: string, limit?: string): Promise<string> {
  const site = await load(files, limit === undefined ? {} : { limit });
  try {
    return playsFrom(name, site, () => {})
      .map((play) => play.name)
      .join(', ');
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.diagnostics.map(({ message, hint }) => `${message} (${hint})`).join('\n');
  }
}

test('plays from the first that has the task for one of its hosts', async () => {
  expect(await from('Check')).toBe('Web, Both');
  expect(await from('Check', 'db')).toBe('Both');
  expect(await from('Deploy shop')).toBe('Web, Both');
  expect(await from('web : service web')).toBe('Both');
});

test('what is not there is told with what is near', async () => {
  expect(await from('Chekc')).toBe('--start-at-task: there is no task named "Chekc" (did you mean "Check"?)');
  expect(await from('Deploy*', 'db')).toBe(
    '--start-at-task: the play that has "Deploy*" has no hosts: Web (see --limit and the inventory)',
  );
});
