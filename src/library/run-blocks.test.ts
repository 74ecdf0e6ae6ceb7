import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { taskBlock } from '../model/task-block.js';
import { debug } from '../resources/actions/debug.js';
import { file } from '../resources/files/file.js';
import { run } from './run.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'run-blocks-'));
});
afterEach(() => rmSync(root, { recursive: true }));

test('blocks of TypeScript stand among the tasks of a site, also around those in a role', async () => {
  // A file where a folder is needed: what is below it can't be written.
  writeFileSync(join(root, 'in-the-way'), '');
  const below = { path: '/in-the-way/a', content: 'x' };
  const tasks = [
    taskBlock({
      tasks: [
        file({ ...below, title: 'ignored', ignoreErrors: true }),
        file({ ...below, title: 'rescued', noLog: true }),
        file({ path: '/never', content: 'x' }),
      ],
      rescue: [debug({ title: 'rescue', msg: 'made good' })],
      always: [file({ title: 'always', path: '/always', content: 'z' })],
    }),
    { name: 'as in YAML', block: [{ name: 'inner', debug: { msg: 'y' } }], tags: ['y'] },
  ];
  const site = [{ hosts: 'localhost', connection: 'local' as const, tasks }];
  const { exitStatus, hosts, tasks: came } = await run({ site, root });
  expect(came.map(({ task, outcome, ignored, rescued }) => ({ task, outcome, ignored, rescued }))).toEqual([
    { task: 'ignored', outcome: 'failed', ignored: true, rescued: undefined },
    { task: 'rescued', outcome: 'failed', ignored: undefined, rescued: true },
    { task: 'rescue', outcome: 'ok', ignored: undefined, rescued: undefined },
    { task: 'always', outcome: 'changed', ignored: undefined, rescued: undefined },
    { task: 'inner', outcome: 'ok', ignored: undefined, rescued: undefined },
  ]);
  expect(came[1]?.summary).toBe('hidden by no_log');
  expect([exitStatus, hosts.localhost]).toMatchObject([0, { failed: 0, ignored: 1, rescued: 1 }]);
});
