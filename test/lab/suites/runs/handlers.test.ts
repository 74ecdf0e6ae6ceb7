import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labHost, type Scratch, scratch } from '../../../kit/inventory.js';
import { provisionJson } from '../../../kit/provision.js';
import { takeHosts } from '../../../kit/vitest/holding.js';
import { resetHost, ssh } from '../../lab.js';

const [host] = await takeHosts(1);

const site = `
- hosts: all
  tasks:
    - file: { path: /etc/app.conf, content: "one\\n" }
      notify: restart app
    - command: { cmd: test -e /etc/may-go-on, always: true }
  handlers:
    - name: restart app
      command: { cmd: echo restarted >> /var/log/app.log, always: true }
`;

describe('handlers', () => {
  let folder: Scratch;
  beforeAll(async () => {
    folder = scratch();
    await resetHost(host);
  });
  afterAll(() => folder.remove());

  it('runs the handler on the next run when a task fails after its notify, once', async () => {
    const args = [folder.write('site.yaml', site), '-i', folder.inventory({ [host]: labHost(host) })];
    const failed = await provisionJson(args);
    expect(failed.status).toBe(2);
    expect((await ssh(host, 'cat /var/log/app.log')).exitCode).not.toBe(0);
    expect((await ssh(host, 'ls /var/lib/provision/pending')).stdout).not.toBe('');

    await ssh(host, 'touch /etc/may-go-on');
    const next = await provisionJson(args);
    expect(next.status).toBe(0);
    expect(next.tasks.filter(({ handler }) => handler).map(({ task, outcome }) => [task, outcome])).toEqual([
      ['restart app', 'changed'],
    ]);
    expect((await ssh(host, 'cat /var/log/app.log')).stdout).toBe('restarted');
    expect((await ssh(host, 'ls /var/lib/provision/pending')).stdout).toBe('');

    const third = await provisionJson(args);
    expect(third.tasks.filter(({ handler }) => handler)).toEqual([]);
    expect((await ssh(host, 'cat /var/log/app.log')).stdout).toBe('restarted');
  });
});
