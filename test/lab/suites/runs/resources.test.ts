import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Task } from '../../../../src/model/task.js';
import { group } from '../../../../src/resources/accounts/group.js';
import { user } from '../../../../src/resources/accounts/user.js';
import { command } from '../../../../src/resources/actions/command.js';
import { wait } from '../../../../src/resources/actions/wait.js';
import { file } from '../../../../src/resources/files/file.js';
import { line } from '../../../../src/resources/files/line.js';
import { mount } from '../../../../src/resources/mounts/mount/mount.js';
import { packages } from '../../../../src/resources/packages/package.js';
import { service } from '../../../../src/resources/services/service.js';
import { check, converge, type Pass, runScript } from '../../../kit/converge-locally.js';
import { takeHosts } from '../../../kit/vitest/holding.js';
import { container, resetHost } from '../../lab.js';

const [host] = await takeHosts(1);

const trial = process.env.PROVISION_TRIAL_CONTAINER;
const way = ['docker', 'exec', '-i', trial ?? container(host)];
const on = { way };

const said = async (script: string) => (await runScript(script, '', on)).stdout.trim();

/** Converges once, expects a change that holds, and then nothing to do. */
async function changes(task: Task, force = false): Promise<Pass> {
  const pass = await converge(task, { ...on, force });
  expect(pass.failure).toBeUndefined();
  expect(pass.plan.verdict).toBe('change');
  expect(await check(task, on)).toMatchObject({ verdict: 'ok' });
  return pass;
}

/** The resources that need a real host: packages, services, accounts, mounts. */
describe('resources on a real host', () => {
  beforeAll(async () => {
    if (trial === undefined) await resetHost(host);
  });
  afterAll(async () => {
    if (trial === undefined) await resetHost(host);
  });

  it('installs several packages in one go, removes one, names one that nobody knows', async () => {
    expect((await changes(packages({ name: ['cron', 'nginx-light'] }))).plan).toMatchObject({
      summary: 'installed cron nginx-light',
    });
    expect((await changes(packages({ name: 'nginx-light', state: 'absent' }))).plan).toMatchObject({
      summary: 'removed nginx-light',
    });
    expect(await check(packages({ name: ['cron'], state: 'latest' }), on)).toMatchObject({ verdict: 'ok' });
    const { failure } = await converge(packages({ name: ['cron', 'no-such-package'] }), on);
    expect(failure).toContain('apt knows no package that can be installed by the name of no-such-package');
  });

  it('replaces a configuration file as the package brought it without force, a changed one with force only', async () => {
    const path = '/etc/default/cron';
    const ours = file({ path, content: 'READ_ENV="no"\n' });
    expect((await changes(ours)).plan).toMatchObject({ summary: expect.stringContaining('content replaced') });
    expect(await said(`ls ${path}.*.bak | wc -l`)).toBe('1');
    expect(await check(file({ path, content: 'other\n' }), on)).toMatchObject({ verdict: 'kept' });
    await changes(line({ path: '/etc/crontab', regexp: '^SHELL=', line: 'SHELL=/bin/bash' }));
    expect(await check(line({ path: '/etc/crontab', regexp: '^SHELL=', line: 'SHELL=/bin/dash' }), on)).toMatchObject({
      verdict: 'kept',
    });
  });

  it('stops, disables, starts, enables, restarts and reloads a service', async () => {
    expect(await check(service({ name: 'cron', state: 'started', enabled: true }), on)).toMatchObject({
      verdict: 'ok',
    });
    await changes(service({ name: 'cron', state: 'stopped', enabled: false }));
    expect(await said('systemctl is-active cron; systemctl is-enabled cron')).toBe('inactive\ndisabled');
    expect((await changes(service({ name: 'cron.service', state: 'started', enabled: true }))).plan).toMatchObject({
      summary: 'enabled, inactive -> started',
    });
    const before = await said('systemctl show -p MainPID cron');
    const restart = await converge(service({ name: 'cron', state: 'restarted' }), on);
    expect([restart.failure, restart.plan]).toEqual([undefined, expect.objectContaining({ summary: 'restarted' })]);
    expect(await said('systemctl show -p MainPID cron')).not.toBe(before);
    expect((await converge(service({ name: 'ssh', state: 'reloaded' }), on)).failure).toBeUndefined();
    expect(await check(service({ name: 'cron', state: 'reloaded' }), on)).toMatchObject({
      verdict: 'refused',
      hint: 'set state: restarted',
    });
  });

  it('says what a service logged that ends as soon as it is started, and reads changed units again', async () => {
    const unit = (script: string) =>
      file({
        path: '/etc/systemd/system/trial.service',
        content: `[Service]\nExecStart=/bin/sh -c '${script}'\n[Install]\nWantedBy=multi-user.target\n`,
        force: true,
      });
    expect(await check(service({ name: 'trial', state: 'started' }), on)).toMatchObject({
      verdict: 'change',
      uncertain: 'there is no service trial',
    });
    await converge(unit('echo no port for you; exit 3'), on);
    const { failure } = await converge(service({ name: 'trial', state: 'started', enabled: true }), on);
    expect(failure).toContain('no port for you');
    expect(failure).toContain('trial is failed');
    await converge(unit('exec sleep 1000'), on);
    const started = await converge(service({ name: 'trial', state: 'started', enabled: true }), on);
    expect(started.failure).toBeUndefined();
    await converge(unit('exec sleep 2000'), on);
    expect((await changes(service({ name: 'trial', daemon_reload: true }))).plan).toMatchObject({
      summary: 'unit files reloaded',
    });
    expect((await converge(service({ name: 'trial', state: 'restarted' }), on)).failure).toBeUndefined();
    expect(await said('pgrep -f "sleep [2]000" | wc -l')).toBe('1');
    await runScript('systemctl mask cron', '', on);
    expect(await check(service({ name: 'cron', state: 'restarted' }), on)).toMatchObject({ verdict: 'refused' });
    await runScript('systemctl unmask cron', '', on);
  });

  it('makes groups and users, changes them, keeps numbers that differ', async () => {
    await changes(group({ name: 'trial', gid: 4711 }));
    expect(await check(group({ name: 'trial', gid: 4712 }), on)).toMatchObject({
      verdict: 'kept',
      summary: 'gid 4711 -> 4712',
    });
    await changes(group({ name: 'trial', gid: 4712 }), true);
    const first = { name: 'trial', group: 'trial', system: true, home: '/srv/trial', shell: '/usr/sbin/nologin' };
    await changes(user({ ...first, comment: "It's a trial" }));
    expect(await said('getent passwd trial')).toMatch(
      /^trial:x:\d+:4712:It's a trial:\/srv\/trial:\/usr\/sbin\/nologin$/,
    );
    expect((await changes(user({ name: 'trial', shell: '/bin/sh', groups: ['daemon', 'adm'] }))).plan).toMatchObject({
      summary: 'shell /usr/sbin/nologin -> /bin/sh, added to daemon adm',
    });
    expect(await check(user({ name: 'trial', groups: ['adm'], uid: 4000 }), on)).toMatchObject({ verdict: 'kept' });
    await changes(file({ path: '/srv/owned', content: '', owner: 'trial', group: 'trial' }));
    await changes(user({ name: 'trial', state: 'absent' }));
    await changes(user({ name: 'person' }));
    expect(await said('stat -c %U /home/person')).toBe('person');
  });

  it('mounts what fstab then says, remounts, keeps what is another’s, unmounts', async () => {
    const path = '/mnt/a trial';
    const tmpfs = { path, src: 'trial', fstype: 'tmpfs', opts: 'size=1m,nosuid' };
    await changes(mount(tmpfs));
    expect(await said('grep trial /proc/self/mountinfo; grep trial /etc/fstab')).toContain(
      'trial /mnt/a\\040trial tmpfs size=1m,nosuid 0 0',
    );
    expect(await check(mount({ ...tmpfs, opts: 'size=2m' }), on)).toMatchObject({
      verdict: 'kept',
      summary: 'fstab has another entry for it',
    });
    await changes(mount({ ...tmpfs, opts: 'size=2m' }), true);
    expect(await said(`df --output=size "${path}" | tail -n 1`)).toBe('2048');
    await runScript(`mount -o remount,ro "${path}"`, '', on);
    expect((await changes(mount({ ...tmpfs, opts: 'size=2m' }))).plan).toMatchObject({ summary: 'mounted ro -> rw' });
    await changes(mount({ path, state: 'unmounted' }));
    await changes(mount({ path, state: 'absent' }));
    expect(await said('cat /etc/fstab')).not.toContain('trial');

    await runScript('mkdir -p /srv/from /srv/to && touch /srv/from/f', '', on);
    await changes(mount({ path: '/srv/to', src: '/srv/from', fstype: 'none', opts: 'bind' }));
    expect(await said('ls /srv/to')).toBe('f');
    await changes(mount({ path: '/srv/to', state: 'absent' }));
    expect(await check(mount({ ...tmpfs, path: '/srv/from' }), on)).toMatchObject({
      verdict: 'refused',
      message: '/srv/from is not empty: a mount would hide what is in it',
    });
    const { failure } = await converge(mount({ path: '/srv/x', src: '/dev/nothing', fstype: 'ext4' }), on);
    expect(failure).toContain('/dev/nothing');
    expect(await said('cat /etc/fstab')).not.toContain('nothing');
  });

  it('waits for ports and addresses', async () => {
    expect(await check(wait({ port: { port: 22 } }), on)).toMatchObject({ verdict: 'ok' });
    expect(await check(wait({ port: { host: 'upstream', port: 22 } }), on)).toMatchObject({ verdict: 'ok' });
    expect(await check(wait({ port: { port: 9 }, state: 'closed' }), on)).toMatchObject({ verdict: 'ok' });
    const never = await converge(wait({ port: { port: 9 }, timeout: 1 }), on);
    expect(never.failure).toBe('not open after 1 seconds: closed');
    expect(never.plan).toMatchObject({ verdict: 'change', uncertain: 'it does not answer yet (closed)' });
    await changes(packages({ name: 'nginx-light' }));
    await changes(service({ name: 'nginx', state: 'stopped' }));
    const page = wait({ http: { url: 'http://localhost/', contains: 'Welcome to <nothing>' }, timeout: 1 });
    expect((await converge(page, on)).failure).toContain('Failed to connect');
    await runScript('nohup sh -c "sleep 2; systemctl start nginx" >/dev/null 2>&1 &', '', on);
    await changes(wait({ http: { url: 'http://localhost/', contains: 'Welcome to nginx' }, timeout: 20 }));
    expect((await converge(page, on)).failure).toContain('does not hold Welcome to <nothing>');
    expect(await check(wait({ http: { url: 'http://localhost/no', status: [404, 401] } }), on)).toMatchObject({
      verdict: 'ok',
      details: ['status 404'],
    });
  });

  it('runs a command until its guard says that it is done', async () => {
    await changes(command({ argv: ['touch', '/srv/a b'], creates: '/srv/a b' }));
    await changes(command({ cmd: 'rm "/srv/a b"', removes: '/srv/a b' }));
    await changes(command({ cmd: 'cat > x', chdir: '/srv', stdin: "it's", unless: 'grep -q it x' }));
    const idle = await converge(command({ cmd: ':', creates: '/srv/never' }), on);
    expect(idle.failure).toBe('/srv/never still does not exist');
    const always = await converge(command({ cmd: 'echo out; echo err >&2', always: true }), on);
    expect([always.failure, always.reply]).toEqual([undefined, { status: 0, stdout: 'out\n', stderr: 'err\n' }]);
    expect((await converge(command({ cmd: 'exit 3', always: true }), on)).reply?.status).toBe(3);
  });
});
