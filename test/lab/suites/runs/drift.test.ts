import { beforeAll, describe, expect, it } from 'vitest';
import { named, provisionJson, type TaskEnd } from '../../../kit/provision.js';
import { holding } from '../../../kit/vitest/holding.js';
import { resetHost, ssh } from '../../lab.js';

holding('client1');

const site = ['test/lab/suites/sites/registry.yaml', '-i', 'inventories/lab.yaml', '--limit', 'client1'];

/** One thing changed by hand: the check names exactly it, a run mends exactly it. */
describe('drift', () => {
  beforeAll(async () => {
    await resetHost('client1');
    const { status, stdout, stderr } = await provisionJson([...site, '--force']);
    expect(status, stdout + stderr).toBe(0);
  });

  async function differences(...flags: string[]): Promise<readonly TaskEnd[]> {
    const { tasks } = await provisionJson([...site, ...flags]);
    return tasks.filter(({ outcome }) => outcome !== 'ok' && outcome !== 'skipped');
  }

  it('sees a changed mode, and mends the mode alone', async () => {
    await ssh('client1', 'chmod 0600 /etc/docker/daemon.json');
    const seen = await differences('--check', '--diff');
    expect(seen.map(({ outcome }) => outcome)).toEqual(['would-change']);
    expect(seen[0]?.summary).toContain('0600');
    expect((await differences()).map(({ task, outcome }) => [task, outcome])).toEqual([[seen[0]?.task, 'changed']]);
    expect((await ssh('client1', 'stat -c %a /etc/docker/daemon.json')).stdout).toBe('644');
    expect(await differences()).toEqual([]);
  });

  it('keeps a key of daemon.json that was changed by hand, and updates it with --force, leaving a backup', async () => {
    const before = (await ssh('client1', 'cat /etc/docker/daemon.json')).stdout;
    await ssh(
      'client1',
      `sed -i 's/"live-restore": true/"live-restore": false/' /etc/docker/daemon.json && systemctl reload docker`,
    );
    const edited = (await ssh('client1', 'cat /etc/docker/daemon.json')).stdout;
    expect(edited).not.toBe(before);

    const seen = await differences('--check', '--diff');
    expect(seen.filter(({ outcome }) => outcome === 'kept').map(({ task }) => task).length).toBe(1);
    expect(seen[0]?.hint).toContain('--force');
    expect(JSON.stringify(seen[0]?.diff)).toContain('live-restore');

    await differences();
    expect((await ssh('client1', 'cat /etc/docker/daemon.json')).stdout).toBe(edited);

    const forced = await provisionJson([...site, '--force']);
    expect(named(forced.tasks, 'failed', 'kept')).toEqual([]);
    expect((await ssh('client1', 'cat /etc/docker/daemon.json')).stdout).toBe(before);
    expect((await ssh('client1', 'cat $(ls -t /etc/docker/daemon.json.*bak* | head -1)')).stdout).toBe(edited);
    expect((await ssh('client1', 'docker info -f {{.LiveRestoreEnabled}}')).stdout).toBe('true');
    expect(await differences()).toEqual([]);
  });

  it('starts a stopped service again', async () => {
    await ssh('client1', 'systemctl stop docker.socket docker');
    const seen = await differences('--check');
    expect(seen.some(({ outcome, task }) => outcome === 'would-change' && task.includes('docker'))).toBe(true);
    const mended = await differences();
    expect(mended.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    expect((await ssh('client1', 'systemctl is-active docker')).stdout).toBe('active');
    expect(await differences()).toEqual([]);
  });
});
