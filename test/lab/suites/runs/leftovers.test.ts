import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labHost, type Scratch, scratch } from '../../../kit/inventory.js';
import { named, provisionJson } from '../../../kit/provision.js';
import { takeHosts } from '../../../kit/vitest/holding.js';
import { resetHost, ssh } from '../../lab.js';

const [host] = await takeHosts(1);

/** Things that a site no longer names: a registry of two, with its accounts, timers and configuration; a mirror; a docker's registry. */
describe('what a site no longer names', () => {
  let folder: Scratch;

  beforeAll(async () => {
    folder = scratch();
    await resetHost(host);
  });
  afterAll(() => folder.remove());

  const run = (plays: readonly object[], ...options: string[]) =>
    provisionJson([
      folder.write('site.yaml', JSON.stringify(plays)),
      '-i',
      folder.inventory({ [host]: labHost(host) }),
      ...options,
    ]);
  const registries = (names: readonly string[]) => ({
    hosts: 'all',
    roles: ['registry-setup'],
    vars: {
      registry_accounts: [{ name: 'puller', password: 'pull-it' }],
      registry_tls: 'own-ca',
      registry_gc_schedule: 'weekly',
      registry_delete_enabled: true,
      registry_instances: names.map((name, index) => ({ name, port: 5001 + index })),
    },
  });
  const docker = (names: readonly string[]) => ({
    hosts: 'all',
    roles: ['docker-config'],
    vars: { docker_install: true, docker_insecure_registries: names },
  });
  const on = async (script: string) => (await ssh(host, script)).stdout.trim();
  const whole = [registries(['stays', 'goes']), docker(['a.example:5000', 'b.example:5000'])];
  const rest = [registries(['stays']), docker(['a.example:5000'])];
  const files = 'find /etc -name "*goes*" ! -name "*.bak"; systemctl list-units --no-legend "*goes*"';

  it('is reported in every run, and nothing is done to it', async () => {
    expect(named((await run(whole)).tasks, 'failed', 'kept')).toEqual([]);
    expect(await on(files)).toContain('goes');
    const before = await on(files);
    for (const flags of [[], ['--check']]) {
      const { tasks } = await run(rest, ...flags);
      expect(named(tasks, 'changed', 'would-change', 'failed')).toEqual([]);
      const kept = tasks.filter(({ outcome }) => outcome === 'kept').map(({ task }) => task);
      expect(kept).toContain('insecure-registries b.example:5000 in /etc/docker/daemon.json');
      expect(kept).toContain('/etc/systemd/system/provision-registry-goes.service');
      expect(kept.filter((name) => !/goes|b\.example|:5002\/ca\.crt$/.test(name))).toEqual([]);
    }
    expect(await on(files)).toBe(before);
  });

  it('is removed with --prune, without an outage of what stays; its images stay', async () => {
    const pids = () => on('systemctl show -p MainPID --value docker provision-registry-stays');
    const before = await pids();
    const predicted = await run(rest, '--prune', '--check');
    const { tasks } = await run(rest, '--prune');
    const changed = named(tasks, 'changed');
    expect(named(predicted.tasks, 'would-change')).toEqual(changed);
    expect(named(tasks, 'failed', 'kept')).toEqual([]);
    expect(await on(files)).toBe('');
    expect(await on('curl -sk -o /dev/null -w "%{http_code}" https://localhost:5002/v2/')).toBe('000');
    expect(await on('curl -sk -u puller:pull-it -o /dev/null -w "%{http_code}" https://localhost:5001/v2/')).toBe(
      '200',
    );
    expect(await on('docker info -f "{{json .RegistryConfig.IndexConfigs}}"')).not.toContain('b.example');
    expect(await on('cat /etc/docker/daemon.json')).toContain('a.example:5000');
    expect(await pids()).toBe(before);
    expect(await on('ls -d /var/lib/docker-registry/goes')).toBe('/var/lib/docker-registry/goes');
    expect(named((await run(rest, '--prune')).tasks, 'changed', 'kept', 'failed')).toEqual([]);
  });

  it('is all of it, when its roles are gone: docker stays, the registry does not', async () => {
    const nothing = [{ hosts: 'all', tasks: [{ debug: { msg: 'nothing' } }] }];
    const { tasks } = await run(nothing, '--prune');
    expect(named(tasks, 'failed', 'kept')).toEqual([]);
    expect(await on('systemctl is-active docker')).toBe('active');
    expect(await on('curl -sk -o /dev/null -w "%{http_code}" https://localhost:5001/v2/')).toBe('000');
    expect(await on('docker info -f "{{json .RegistryConfig.IndexConfigs}}"')).not.toContain('example');
    expect(named((await run(nothing, '--prune')).tasks, 'changed', 'kept', 'failed')).toEqual([]);
  });
});
