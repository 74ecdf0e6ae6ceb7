import { describe, expect, it } from 'vitest';
import { check, planFrom } from '../../../../test/kit/converge-locally.js';
import { sysctl } from './sysctl.js';
import { editSysctl, kernelPath } from './sysctl-text.js';

const base = (text: string) => Buffer.from(text).toString('base64');
const there = (text: string) => `stat ${text.length}|644|0|0|regular file|root|root\ncontent ${base(text)}\n`;
const live = (value: string) => `live ${base(`${value}\n`)}\n`;
const later = (path: string, text: string) => `later-path ${base(path)}\nlater-text ${base(text)}\n`;
const forward = { name: 'net.ipv4.ip_forward', value: 1 };
const ours = '# Managed by provision.\nnet.ipv4.ip_forward = 1\n';

describe('sysctl', () => {
  it.each([
    ['all is as wanted', `${there(ours)}${live('1')}end yes\n`, { verdict: 'ok' }],
    ['nothing is', `${live('0')}end yes\n`, { summary: '0 -> 1, set at boot' }],
    ['the kernel was told otherwise', `${there(ours)}${live('0')}end yes\n`, { summary: '0 -> 1' }],
    ['it is set by hand', `${live('1')}end yes\n`, { summary: 'set at boot' }],
    [
      'our file says otherwise',
      `${there('net.ipv4.ip_forward=0\n')}${live('1')}end yes\n`,
      { summary: 'at boot 0 -> 1' },
    ],
    ['the kernel has no such', 'end yes\n', { uncertain: 'this kernel has no net.ipv4.ip_forward yet' }],
    [
      'another file is read later',
      `${there(ours)}${live('1')}${later('/etc/sysctl.conf', 'net/ipv4/ip_forward = 0\n')}end yes\n`,
      {
        verdict: 'kept',
        summary: '/etc/sysctl.conf is read later and has 0, which wins at boot',
        hint: 'set sysctl_file: /etc/sysctl.conf',
      },
    ],
    [
      'another file agrees',
      `${there(ours)}${live('1')}${later('/etc/sysctl.conf', 'net.ipv4.ip_forward=1')}end yes\n`,
      { verdict: 'ok' },
    ],
  ])('%s', (_, printed, plan) => {
    expect(planFrom(sysctl(forward), printed)).toMatchObject(plan);
  });

  it('keeps what a file of others says', () => {
    const task = sysctl({ ...forward, sysctl_file: '/etc/sysctl.conf' });
    const printed = `${there('net.ipv4.ip_forward=0\n')}${live('0')}end yes\n`;
    expect(planFrom(task, printed)).toMatchObject({ verdict: 'kept', summary: '/etc/sysctl.conf has 0' });
    expect(planFrom(task, printed, { force: true })).toMatchObject({ verdict: 'change' });
  });

  it.each(['dash', 'bash --posix', 'busybox sh'])('reads this kernel, in %s', async (shell) => {
    const name = 'net.ipv4.tcp_rmem';
    expect(await check(sysctl({ name, state: 'absent' }), { shell })).toEqual({ verdict: 'ok' });
    expect(await check(sysctl({ name, value: '1 2 3' }), { shell })).toMatchObject({
      summary: expect.stringMatching(/^\d+ \d+ \d+ -> 1 2 3, set at boot$/),
    });
  });

  it('edits a text', () => {
    const text = 'a.b=1\n; c\nnet/ipv4/conf/eth0.5/rp_filter = 2\na/b = 3\n';
    expect(editSysctl(text, 'a.b', '4')).toMatchObject({ found: '3', text: text.replace('a/b = 3', 'a.b = 4') });
    expect(editSysctl(text, 'a.b', undefined).text).toBe('; c\nnet/ipv4/conf/eth0.5/rp_filter = 2\n');
    expect(editSysctl(text, 'net.ipv4.conf.eth0/5.rp_filter', '2').summary).toBe('');
    expect(kernelPath('net.ipv4.conf.eth0/5.rp_filter')).toBe('/proc/sys/net/ipv4/conf/eth0.5/rp_filter');
  });

  it.each([
    [{ name: '../x', value: 1 }, 'is not a name of a setting'],
    [{ name: 'a..b', value: 1 }, 'must not hold empty parts'],
    [{ name: 'a.b' }, 'value is missing'],
  ])('refuses %o', (given, message) => {
    expect(sysctl.params.safeParse(given).error?.message).toContain(message);
  });
});
