import { expect, test } from 'vitest';
import { action, FakeHost, play, runOver, setting } from '../../test/kit/fake-host.js';
import { load } from '../../test/kit/site-fixture.js';

const inventory = 'all: {hosts: {web1: {}}}';

test('handlers that listen to a topic are notified by it, each once, in the order of their definition', async () => {
  const handlers = [
    action('second', { listen: ['web', 'all'] }),
    action('first', { listen: ['all'] }),
    action('other', { listen: ['else'] }),
  ];
  const items = [setting('a', '1', { notify: ['all', 'first'] }), setting('b', '1', { notify: ['web'] })];
  const { lines } = await runOver({ web1: new FakeHost() }, [play(['web1'], items, { handlers })]);
  expect(lines).toEqual([
    'web1 set a: changed  -> 1',
    'web1 set b: changed  -> 1',
    'web1 second: changed done',
    'web1 first: changed done',
  ]);
});

test('a topic is known beside the names; one that only handlers of other hosts hear is not notified', async () => {
  const site = `
- hosts: all
  tasks:
    - {command: a, notify: web}
    - {command: b, notify: redhat}
    - {command: c, notify: wbe}
  handlers:
    - {name: restart, service: {name: x}, listen: web}
    - {name: reload, service: {name: y}, listen: [web, all], when: eq facts.os_family "debian"}
    - {name: rpm, service: {name: z}, listen: redhat, when: eq facts.os_family "redhat"}
`;
  const wrong = await load({ 'inventory.yaml': inventory, 'site.yaml': site });
  expect(wrong.told).toBe('site.yaml:6:28: there is no handler "wbe" (did you mean "web"?)');
  const right = await load({ 'inventory.yaml': inventory, 'site.yaml': site.replace('wbe', 'web') });
  expect(right.program('web1').split('\n').slice(1, 4)).toEqual([
    'task command a notify=web "a"',
    'task command b "b"',
    'task command c notify=web "c"',
  ]);
});

test('listen is a word of handlers', async () => {
  const site = '- hosts: all\n  tasks: [{command: a, listen: b}]';
  expect((await load({ 'inventory.yaml': inventory, 'site.yaml': site })).told).toMatchInlineSnapshot(
    `"site.yaml:2:24: "listen" is not used here (it is a word of handlers)"`,
  );
});
