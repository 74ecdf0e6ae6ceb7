import { expect, it } from 'vitest';
import { action, FakeHost, play, runOver, setting } from '../../../test/kit/fake-host.js';

it('a task that may change nothing is kept as it is, and makes no handler due', async () => {
  const web1 = new FakeHost();
  const restart = action('restart');
  const asked: string[] = [];
  const items = [setting('a', '1'), setting('b', '1', { notify: [restart] }), setting('c', '1')];
  const { lines } = await runOver({ web1 }, [play(['web1'], items)], {
    mayChange: ({ host, task, handler }) => {
      asked.push(`${host} ${task}${handler ? ' as a handler' : ''}`);
      return task !== 'set b';
    },
  });
  expect(lines).toEqual(['web1 set a: changed  -> 1', 'web1 set b: kept  -> 1', 'web1 set c: changed  -> 1']);
  expect(asked).toEqual(['web1 set a', 'web1 set b', 'web1 set c']);
  expect([web1.settings.get('b'), web1.settings.get('restart')]).toEqual([undefined, undefined]);
});
