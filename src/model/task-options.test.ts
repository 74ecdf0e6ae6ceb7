import { expect, test } from 'vitest';
import { command } from '../resources/actions/command.js';
import { debug } from '../resources/actions/debug.js';
import { stage, type TaskItem } from './task.js';
import { taskBlock } from './task-block.js';

test('words of a task stand beside the parameters of its resource', () => {
  const task = command({
    cmd: 'true',
    always: true,
    title: 'look',
    register: 'look',
    until: ({ rc }) => rc === 0,
    retries: 7,
    changedWhen: false,
    failedWhen: ({ rc }, results) => rc === 2 && results.size > 0,
    ignoreErrors: true,
    noLog: true,
  });
  expect(task).toMatchObject({ retry: { retries: 7, delay: 5 }, changedWhen: false, ignoreErrors: true, noLog: true });
  expect(task).not.toHaveProperty('until');
  expect(command({ cmd: 'true', always: true, until: () => true }).retry).toMatchObject({ retries: 3, delay: 5 });
  expect(command({ cmd: 'true', always: true, retries: 2, delay: 1 }).retry).toEqual({ retries: 2, delay: 1 });
  expect(command({ cmd: 'true', always: true, delay: 1 })).not.toHaveProperty('retry');
});

test('a task that is not to be shown is not called after what it is about', () => {
  expect(debug({ msg: 'sword', noLog: true }).name).toBe('debug');
  expect(debug({ msg: 'sword', noLog: true, title: 'say it' }).name).toBe('say it');
});

test('what is said of a block holds for all in it that says nothing itself, also in stages', async () => {
  const later = stage('later', () => [debug({ msg: 'b' })]);
  const own = debug({ msg: 'c', become: false, tags: ['x'], notify: 'own', ignoreErrors: false });
  const block = taskBlock({
    tasks: [debug({ msg: 'a' }), later, taskBlock({ tasks: [own] })],
    rescue: [debug({ msg: 'r' })],
    always: [debug({ msg: 'z' })],
    become: { user: 'app' },
    tags: ['db'],
    notify: ['reload'],
    ignoreErrors: true,
    noLog: true,
    runOnce: true,
  });
  const words: string[] = [];
  const note = async (items: readonly TaskItem[]): Promise<void> => {
    for (const item of items) {
      if (item.kind === 'stage') await note(await item.tasks(new Map()));
      if (item.kind === 'block') for (const part of [item.tasks, item.rescue, item.always]) await note(part ?? []);
      if (item.kind !== 'task') continue;
      const { resource, become, tags, notify, ignoreErrors, noLog, runOnce } = item;
      words.push(JSON.stringify([resource.id, become, tags, notify, ignoreErrors, noLog, runOnce]));
    }
  };
  await note([block]);
  expect(words).toEqual([
    '["a",{"user":"app"},["db"],["reload"],true,true,true]',
    '["b",{"user":"app"},["db"],["reload"],true,true,true]',
    '["c",false,["db","x"],["own","reload"],false,true,true]',
    '["r",{"user":"app"},["db"],["reload"],true,true,true]',
    '["z",{"user":"app"},["db"],["reload"],true,true,true]',
  ]);
});
