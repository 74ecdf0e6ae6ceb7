import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { secret } from '../model/marks/secret.js';
import { defineRole } from '../model/role.js';
import { command } from '../resources/actions/command.js';
import { use } from '../site/modules/define-site.js';
import { fakeHost } from './fake-host.js';
import { run } from './run.js';
import { testRole } from './test-role.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'two-sessions-'));
  mkdirSync(join(folder, 'out'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const words = 'canary-of-the-first canary-of-the-second';

/** Prints both words by a command on the host, in its own time, and again from the result of the first. */
const talker = defineRole({
  name: 'talker',
  summary: 'Print the secrets of two sessions',
  vars: z.object({ password: secret(z.string()), seconds: z.string() }),
  tasks: ({ vars }) => [
    command({ cmd: `sleep ${vars.seconds}; echo ${words}`, always: true, title: `say ${words}` }),
    command({ cmd: `echo ${words} >&2; exit 1`, always: true, title: 'fail', ignoreErrors: true }),
  ],
});

async function textOf(password: string, seconds: string): Promise<string> {
  const events: unknown[] = [];
  const { tasks } = await run({
    site: [{ hosts: 'localhost', roles: [use(talker, { password, seconds })] }],
    root: join(folder, 'out'),
    folder,
    onEvent: (event) => events.push(event),
  });
  return JSON.stringify([events, tasks]);
}

test('of two sessions beside each other, each redacts its own secrets and not the words of the other', async () => {
  const [first, second] = await Promise.all([
    textOf('canary-of-the-first', '0.2'),
    textOf('canary-of-the-second', '0.1'),
  ]);
  expect(first).toContain('(secret) canary-of-the-second');
  expect(first).not.toContain('canary-of-the-first');
  expect(second).toContain('canary-of-the-first (secret)');
  expect(second).not.toContain('canary-of-the-second');
});

test('a session after another does not know its secrets', async () => {
  await textOf('canary-of-the-first', '0');
  const later = await textOf('canary-of-the-second', '0');
  expect(later).toContain('canary-of-the-first (secret)');
});

test('what a module keeps when it is imported is redacted by every session that uses it', async () => {
  const site = `import { command, defineResource, defineSite, secret } from 'registry-provision';
    import { z } from 'zod';
    const keep = defineResource({ kind: 'keep', summary: '', params: z.object({ word: secret(z.string()) }), create: () => ({}) });
    keep({ word: 'canary-of-a-module' });
    const say = command({ cmd: 'echo canary-of-a-module', always: true });
    export default defineSite([{ hosts: 'localhost', tasks: [say] }]);`;
  writeFileSync(join(folder, 'site.ts'), site);
  for (const round of ['first', 'second']) {
    const { tasks } = await run({ site: join(folder, 'site.ts'), root: join(folder, 'out') });
    expect([round, JSON.stringify(tasks)]).toEqual([round, expect.stringContaining('(secret)')]);
    expect(JSON.stringify(tasks)).not.toContain('canary-of-a-module');
  }
});

test('roles on fake hosts beside each other keep their secrets apart', async () => {
  const both = ['canary-of-the-first', 'canary-of-the-second'].map((password) =>
    testRole(talker, { vars: { password, seconds: '0' }, host: fakeHost({ results: { fail: { stderr: words } } }) }),
  );
  const [first, second] = (await Promise.all(both)).map((result) => JSON.stringify(result.tasks));
  expect(first).toContain('(secret) canary-of-the-second');
  expect(second).toContain('canary-of-the-first (secret)');
});
