import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineRole } from '../model/role.js';
import { command } from '../resources/actions/command.js';
import { file } from '../resources/files/file.js';
import { packages } from '../resources/packages/package.js';
import { service } from '../resources/services/service.js';
import { expectIdempotent } from './expect-idempotent.js';
import { fakeHost } from './fake-host.js';
import { testRole } from './test-role.js';

const restart = service({ title: 'restart chrony', name: 'chrony', state: 'restarted' });
const time = defineRole({
  name: 'time',
  summary: 'Keep the clock right',
  vars: z.object({ time_servers: z.array(z.string()).min(1).default(['pool.ntp.org']) }),
  tasks: ({ vars, facts }) => [
    packages({ name: facts.os_family === 'debian' ? 'chrony' : 'chrony-rh' }),
    file({
      path: '/etc/chrony/sources.d/site.sources',
      content: vars.time_servers.map((server) => `server ${server} iburst\n`).join(''),
      notify: restart,
    }),
    service({ name: 'chrony', state: 'started', enabled: true }),
  ],
});
const sources = '/etc/chrony/sources.d/site.sources';

describe('testRole', () => {
  it('writes files for real, notes what is none, and runs handlers', async () => {
    const { changed, host } = await testRole(time, { vars: { time_servers: ['ntp.example.com'] } });
    expect(changed).toEqual(['package chrony', `file ${sources}`, 'service chrony', 'restart chrony']);
    expect(host.read(sources)).toBe('server ntp.example.com iburst\n');
    expect(host.done).toEqual(['package chrony', 'service chrony', 'service chrony']);
    const again = await testRole(time, { host, vars: { time_servers: ['ntp.example.com'] } });
    expect(again.changed).toEqual([]);
    host.remove();
  });

  it('takes the facts, files and packages that it is told of', async () => {
    const facts = { os_family: 'redhat', package_manager: 'dnf' } as const;
    const host = fakeHost({ facts, files: { [sources]: 'mine\n' }, has: ['package:chrony-rh', 'service:chrony'] });
    const { tasks, changed } = await testRole(time, { host });
    expect(changed).toEqual([]);
    expect(tasks.map(({ task, outcome }) => [task, outcome])).toEqual([
      ['package chrony-rh', 'ok'],
      [`file ${sources}`, 'kept'],
      ['service chrony', 'ok'],
    ]);
    expect(host.read(sources)).toBe('mine\n');
    const forced = await testRole(time, { host, flags: { force: true } });
    expect(forced.changed).toEqual([`file ${sources}`, 'restart chrony']);
    host.remove();
  });

  it('has no other host than the fake one', async () => {
    const drained = defineRole({
      name: 'drained',
      summary: 'Take a host out of its balancer',
      vars: z.object({}),
      tasks: () => [file({ title: 'drain', path: '/etc/drained', content: 'yes\n', delegateTo: 'lb1' })],
    });
    const { failed, host } = await testRole(drained);
    expect(failed).toEqual(['drain: delegated to lb1: the role is run on fake alone: there is no inventory with lb1']);
    expect(host.read('/etc/drained')).toBeUndefined();
    host.remove();
  });

  it('changes nothing under check', async () => {
    const { changed, host } = await testRole(time, { flags: { check: true } });
    expect(changed).toContain(`file ${sources}`);
    expect(host.read(sources)).toBeUndefined();
    expect(host.done).toEqual([]);
    host.remove();
  });

  it('refuses variables that the schema refuses', async () => {
    await expect(testRole(time, { vars: { time_servers: [] } })).rejects.toThrow(z.ZodError);
  });

  it('says what failed', async () => {
    const broken = defineRole({
      name: 'broken',
      summary: '',
      vars: z.object({}),
      tasks: () => [file({ path: '/etc/a', content: '', validate: 'false %s' })],
    });
    const { failed, host } = await testRole(broken);
    expect(failed).toHaveLength(1);
    expect(failed[0]).toContain('file /etc/a: ');
    host.remove();
  });

  it('leaves what a task that is not done would have said, as it is told', async () => {
    const role = defineRole({
      name: 'asks',
      summary: '',
      vars: z.object({}),
      tasks: () => [
        command({ title: 'ask', cmd: 'uname -r', always: true, register: 'kernel' }),
        file({
          path: '/etc/a',
          content: 'a',
          when: (results) => JSON.stringify(results.get('kernel')).includes('6.1'),
        }),
      ],
    });
    const host = fakeHost({ results: { ask: { stdout: '6.1.0' } } });
    expect((await testRole(role, { host })).tasks.map(({ outcome }) => outcome)).toEqual(['changed', 'changed']);
    expect((await testRole(role)).tasks.map(({ outcome }) => outcome)).toEqual(['changed', 'skipped']);
    host.remove();
  });
});

describe('expectIdempotent', () => {
  it('lets a role through that has nothing to do the second time', async () => {
    const host = fakeHost();
    await expectIdempotent(time, host);
    host.remove();
  });

  it('names what a second run changed', async () => {
    let count = 0;
    const counting = defineRole({
      name: 'counting',
      summary: '',
      vars: z.object({}),
      tasks: () => {
        count += 1;
        return [file({ path: '/etc/count', content: `${count}\n`, force: true })];
      },
    });
    const host = fakeHost();
    await expect(expectIdempotent(counting, host)).rejects.toThrowErrorMatchingInlineSnapshot(`
      [AssertionError: the role counting on fake: a check after the first run would change something
        file /etc/count: would-change (content replaced (2 -> 2 bytes))]
    `);
    host.remove();
  });
});
