import { describe, expect, it } from 'vitest';
import { editAccounts } from '../htpasswd/edit.js';
import { editSysctl } from '../kernel/sysctl/sysctl-text.js';
import { putEntry, removeEntry } from '../mounts/fstab.js';
import { editCron } from '../services/cron/cron-text.js';
import { joinLines, linesOf } from './text-lines.js';

describe('lines of a text', () => {
  it.each([
    '',
    '\n',
    '\r\n',
    '\r',
    'a',
    'a\n',
    'a\r\nb\n\nc',
    'a\r\r\nb',
    '\r\n\n\r\r\n',
    `${'x'.repeat(100_000)}\r\ny`,
  ])('are joined to the same text: %j', (text) => {
    expect(joinLines(linesOf(text))).toBe(text);
  });
});

/** Each file with CR LF, and one line with LF in it; all of them stay. */
describe('in a file with mixed line ends', () => {
  it('a setting of the kernel is seen, and replaced where it is', () => {
    const text = '# x\r\nvm.swappiness = 10\r\nvm.dirty_ratio = 5\n';
    expect(editSysctl(text, 'vm.swappiness', '10')).toMatchObject({ text, summary: '', found: '10' });
    expect(editSysctl(text, 'vm.swappiness', '20').text).toBe('# x\r\nvm.swappiness = 20\r\nvm.dirty_ratio = 5\n');
    expect(editSysctl('a.b = 1\r\n', 'c.d', '2').text).toBe('a.b = 1\r\nc.d = 2\r\n');
    expect(editSysctl(text, 'vm.swappiness', undefined).text).toBe('# x\r\nvm.dirty_ratio = 5\n');
  });

  it('an entry of fstab ends as the one before it', () => {
    const entry = { source: 's', path: '/m', fstype: 'nfs', options: 'ro', dump: 0, pass: 0 };
    const text = 'a / xfs rw 0 0\nb /b xfs rw 0 0\r\n';
    const added = putEntry(text, entry).text;
    expect(added).toBe(`${text}s /m nfs ro 0 0\r\n`);
    expect([putEntry(added, entry).changed, removeEntry(added, '/m').text]).toEqual([false, text]);
  });

  it('a job of cron ends in LF, as cron gives a CR to the shell; others stay as they are', () => {
    const job = { name: 'n', line: '* * * * * root true', first: false };
    const text = 'A=b\r\n#Ansible: n\r\n* * * * * root true\r\n# end';
    const edited = editCron(text, job).text;
    expect(edited).toBe('A=b\r\n#Provision: n\n* * * * * root true\n# end\n');
    expect(editCron(edited, job).summary).toBe('');
    expect(editCron(edited, { ...job, line: undefined }).text).toBe('A=b\r\n# end\n');
  });

  it('an account of a registry is found, and written once', () => {
    const text = '# x\r\nann:old\r\nbob:kept\n';
    const edited = editAccounts(
      text,
      new Map([
        ['ann', 'new'],
        ['eve', 'x'],
      ]),
      () => true,
    );
    expect(edited).toBe('# x\r\nann:new\r\nbob:kept\neve:x\n');
  });
});
