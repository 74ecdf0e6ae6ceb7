import { expect, test } from 'vitest';
import { load } from '../../test/kit/site-fixture.js';

const files = {
  'inventory.yaml': 'web: {hosts: {web1: , web2: }}\ndb: {hosts: {db1: }}\nspare: {hosts: {spare1: }}\n',
  'site.yaml': '- {hosts: web, tasks: []}\n- {hosts: db, tasks: []}\n',
};

test('a limit may leave a play without hosts', async () => {
  const { listing, told } = await load(files, { limit: 'web1' });
  expect(told).toBe('');
  expect(listing.map(({ hosts }) => hosts)).toEqual([['web1'], []]);
});

test('a limit that leaves no host to any play is a diagnostic, rather than a run of nothing', async () => {
  expect((await load(files, { limit: 'spare' })).told).toMatchInlineSnapshot(
    `"--limit spare: no play has one of these hosts (without it, --list-hosts shows the hosts of each play)"`,
  );
});
