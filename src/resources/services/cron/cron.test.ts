import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { converge, planFrom } from '../../../../test/kit/converge-locally.js';
import { cron } from './cron.js';
import { cronLine } from './cron-params.js';
import { editCron } from './cron-text.js';

const job = '/usr/bin/prune -f';
const own = (text: string, daemon = 'daemon yes\n') =>
  `crontab ${Buffer.from(text).toString('base64')}\nend yes\n${daemon}`;

describe('cron', () => {
  it.each(['dash', 'bash --posix', 'busybox sh'])('is written below a staging folder, in %s', async (shell) => {
    const root = await mkdtemp(join(tmpdir(), 'provision-cron-'));
    const setting = { root, shell };
    const add = (more: object) => converge(cron({ name: 'prune', job, ...more }), setting);
    const text = () => readFile(join(root, 'etc/cron.d/provision'), 'utf8');
    expect(await add({ hour: 3, minute: '*/20' })).toMatchObject({ failure: undefined, plan: { summary: 'created' } });
    expect((await add({ hour: 3, minute: '*/20' })).plan).toEqual({ verdict: 'ok' });
    expect(
      (await converge(cron({ name: 'PATH', env: true, job: '/usr/bin:/opt/my tools' }), setting)).failure,
    ).toBeUndefined();
    expect((await add({ special_time: 'daily', user: 'operator' })).plan).toMatchObject({ summary: 'updated' });
    expect(await text()).toBe(
      `# Managed by provision.\n#Provision: PATH\nPATH="/usr/bin:/opt/my tools"\n#Provision: prune\n@daily operator ${job}\n`,
    );
    expect((await converge(cron({ name: 'prune', state: 'absent' }), setting)).failure).toBeUndefined();
    expect(await text()).not.toContain('prune');
    await rm(root, { recursive: true });
  });

  it.each([
    ['a b', '"a b"'],
    ["it's", '"it\'s"'],
    ['say "x"', '\'say "x"\''],
    [`say "it's"`, `say "it's"`],
  ])('keeps the quotes in a value of a variable: %s', (job, value) => {
    expect(cronLine(cron.params.parse({ name: 'X', env: true, job }))).toBe(`X=${value}`);
  });

  it('edits the crontab of a user', () => {
    const mine = cron({ name: 'prune', job, crontab: true, user: 'operator', weekday: 'mon-fri' });
    const entry = `#Provision: prune\n* * * * mon-fri ${job}\n`;
    expect(planFrom(mine, own('MAILTO=a@b\n0 1 * * * x\n'))).toMatchObject({
      summary: 'added',
      apply: { stdin: `MAILTO=a@b\n0 1 * * * x\n${entry}` },
    });
    expect(planFrom(mine, own(entry))).toEqual({ verdict: 'ok' });
    expect(
      planFrom(
        mine,
        `complaint ${Buffer.from("crontab:  user `operator' unknown").toString('base64')}\nend yes\ndaemon yes\n`,
      ),
    ).toMatchObject({
      message: "the crontab of operator can't be read: crontab:  user `operator' unknown",
    });
  });

  it('takes over what Ansible wrote, where it stands', () => {
    const text = '#Ansible: a\n1 * * * * x\n#Ansible: b\n2 * * * * y\n';
    expect(editCron(text, { name: 'a', line: '3 * * * * x', first: false })).toMatchObject({
      text: '#Provision: a\n3 * * * * x\n#Ansible: b\n2 * * * * y\n',
      summary: 'updated',
    });
    expect(editCron(text, { name: 'b', line: undefined, first: false }).text).toBe('#Ansible: a\n1 * * * * x\n');
  });

  it('needs something that reads it', () => {
    expect(planFrom(cron({ name: 'x', job, crontab: true }), own('', ''))).toMatchObject({
      verdict: 'refused',
      message: 'this host has no cron',
      hint: 'install it (`package: {name: cron}`, on Red Hat cronie), or use `systemd_timer`',
    });
    expect(planFrom(cron({ name: 'x', state: 'absent', crontab: true }), own('', ''))).toEqual({ verdict: 'ok' });
  });

  it.each([
    [{ name: 'x', job, minute: 60 }, 'must be * or 0 to 59; with ranges 1-5, steps */2, and commas'],
    [{ name: 'x', job, weekday: 'monday' }, 'must be * or 0 to 7, sun to sat; with ranges'],
    [{ name: 'x', job, hour: '1-25' }, 'must be * or 0 to 23'],
    [{ name: 'x', job, hour: '*/0' }, 'must be * or 0 to 23'],
    [{ name: 'x', job: 'a\nb' }, 'must be one line'],
    [{ name: 'x' }, 'job is missing'],
    [{ name: 'x', job, hour: 1, special_time: 'daily' }, 'special_time cannot be used with'],
    [{ name: 'x', job, cron_file: 'my.job' }, 'others are ignored by cron'],
    [{ name: 'my var', job, env: true }, 'must be the name of a variable'],
    [{ name: 'X', job: `"it's"`, env: true }, 'has both kinds of quotes'],
  ])('refuses %o', (given, message) => {
    expect(cron.params.safeParse(given).error?.message).toContain(message);
  });

  it.each([{ month: 'JAN,mar-dec/2' }, { day: '1,15' }, { minute: '0-59/5' }, { weekday: 7 }])('takes %o', (given) => {
    expect(cron.params.safeParse({ name: 'x', job, ...given }).error).toBeUndefined();
  });
});
