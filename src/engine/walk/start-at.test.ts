import { expect, test } from 'vitest';
import { action, FakeHost, play, runOver, setting } from '../../../test/kit/fake-host.js';
import { flushHandlers, stage, type TaskItem } from '../../model/task.js';
import { startPlayAt, taskNameTest } from './start-at.js';

test('names are meant with or without their role, with * and ?, and templates stand for anything', () => {
  const means = (pattern: string, name: string, role?: string) => taskNameTest(pattern)({ name, role });
  expect(means('install', 'install')).toBe(true);
  expect(means('install', 'reinstall')).toBe(false);
  expect(means('web : install', 'install', 'web')).toBe(true);
  expect(means('inst*', 'install docker')).toBe(true);
  expect(means('instal?', 'install')).toBe(true);
  expect(means('insta[kl]l', 'install')).toBe(true);
  expect(means('insta[!kl]l', 'install')).toBe(false);
  expect(means('a.b (x)', 'a.b (x)')).toBe(true);
  expect(means('a.b', 'aab')).toBe(false);
  expect(means('deploy {{app}}', 'deploy shop')).toBe(true);
  expect(means('deploy shop', 'deploy {{app}} ')).toBe(false);
  expect(means('deploy shop', 'deploy {{app}}')).toBe(true);
});

async function from(name: string, items: readonly TaskItem[], host = new FakeHost()) {
  const none: string[] = [];
  const made = startPlayAt(play(['web1'], items), taskNameTest(name), (host) => none.push(host));
  return { ...(await runOver({ web1: host }, [made])), none };
}

test('a play begins at the task, also inside a block or a stage', async () => {
  const a = setting('a', '1');
  const b = setting('b', '1');
  const c = setting('c', '1');
  expect((await from('set b', [a, flushHandlers, b, c])).lines).toEqual([
    'web1 set b: changed  -> 1',
    'web1 set c: changed  -> 1',
  ]);
  const block: TaskItem = { kind: 'block', name: 'block', tasks: [a, b], rescue: [], always: [c] };
  expect((await from('set b', [a, block])).lines).toEqual(['web1 set b: changed  -> 1', 'web1 set c: changed  -> 1']);
  const inside = {
    ...stage('more', () => [a, b]),
    within: [
      { name: 'set a', tags: [] },
      { name: 'set b', tags: [] },
    ],
  };
  expect((await from('set b', [c])).none).toEqual(['web1']);
  expect((await from('set b', [c, inside])).lines).toEqual(['web1 set b: changed  -> 1']);
});

test('handlers that an earlier run left due run, although the tasks that notify them are left out', async () => {
  const host = new FakeHost();
  host.failing.set('b', { status: 1 });
  const restart = action('restart');
  const items = [setting('a', '1', { notify: [restart] }), setting('b', '1')];
  await runOver({ web1: host }, [play(['web1'], items)]);
  host.failing.clear();
  const { lines } = await from('set b', items, host);
  expect(lines).toEqual(['web1 set b: changed  -> 1', 'web1 restart: changed done, pending from an earlier run']);
});
