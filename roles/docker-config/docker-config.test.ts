import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { hostContext } from '../../test/kit/converge-locally.js';
import role from './index.js';
import { vars as schema } from './vars.js';

const flags = { force: false, sync: undefined, check: false };

function tasks(
  vars: z.input<typeof schema>,
  os_family: 'debian' | 'redhat' = 'debian',
  docker_version = '20',
  os_major = 7,
): string[] {
  const host = hostContext({ facts: { os_family, docker_version, ...(os_family === 'redhat' ? { os_major } : {}) } });
  return role
    .tasks({ vars: schema.parse(vars), facts: host.facts, host, flags, inventoryHostname: 'x' })
    .map((item) => (item.kind === 'flush' ? item.kind : item.name));
}

describe('docker-config', () => {
  it('leaves alone what nothing was asked of', () => {
    expect(tasks({})).toEqual(['service docker']);
    expect(tasks({ docker_install: true })).toEqual(['package docker.io', 'service docker']);
  });

  it('writes the file that the operating system has for it', () => {
    const vars = { docker_install: true, docker_insecure_registries: ['a:1'] };
    const [first, last] = [['no option in two places'], ['service docker', 'docker runs with its configuration']];
    expect(tasks(vars)).toEqual([
      ...['package docker.io', ...first, 'directory /etc/docker', 'docker_config /etc/docker/daemon.json', ...last],
    ]);
    expect(tasks(vars, 'redhat')).toEqual([
      ...['package docker', ...first, 'directory /etc/sysconfig', 'docker_sysconfig /etc/sysconfig/docker', ...last],
    ]);
  });

  it('has dockerd read /etc/sysconfig/docker where it does not', () => {
    const dropIn = 'template /etc/systemd/system/docker.service.d/sysconfig.conf';
    const vars = { docker_config_style: 'sysconfig', docker_live_restore: true } as const;
    expect(tasks(vars)).toContain(dropIn);
    expect(tasks(vars, 'redhat')).not.toContain(dropIn);
  });

  it('writes for podman where the Red Hat family has that instead', () => {
    const vars = { docker_install: true, docker_insecure_registries: ['a:1'] };
    expect(tasks(vars, 'redhat', '', 9)).toEqual([
      ...['package podman', 'directory /etc/containers/registries.conf.d'],
      'registries_conf /etc/containers/registries.conf.d/90-provision.conf',
    ]);
    expect(tasks(vars, 'redhat', '24', 9)).toContain('docker_config /etc/docker/daemon.json');
    const two = { docker_live_restore: true, docker_insecure_registries: ['10.0.0.0/8'] };
    expect(() => tasks(two, 'redhat', '', 9)).toThrow(/docker_live_restore is an option of dockerd/);
    expect(() => tasks({ docker_insecure_registries: ['10.0.0.0/8'] }, 'redhat', '', 9)).toThrow(/names, not networks/);
  });

  it.each<[z.input<typeof schema>, 'debian' | 'redhat', string]>([
    [{ docker_add_registries: ['a'] }, 'debian', 'only the docker of the Red Hat family has this option'],
    [
      { docker_block_registries: ['a'], docker_config_style: 'daemon-json' },
      'redhat',
      'docker_config_style: sysconfig',
    ],
    [{ docker_options: ['--iptables=false'] }, 'debian', 'docker_options are flags'],
  ])('refuses what has no place: %j on %s', (vars, family, message) => {
    expect(() => tasks(vars, family)).toThrow(message);
  });

  it.each<[unknown, string]>([
    [{ docker_insecure_registries: ['registry1:5000/team'] }, 'without a path'],
    [{ docker_registry_mirrors: ['r:5000'] }, 'beginning with http:// or https://'],
    [
      { docker_log_driver: 'journald', docker_log_options: { 'max-size': '10m' } },
      'no option of the log driver journald',
    ],
    [{ docker_daemon_options: { 'log-opts': {} } }, 'docker_log_options manages this key. Set that'],
    [{ docker_daemon_options: { 'dns-serach': [] } }, 'is no key of daemon.json. Did you mean dns-search?'],
    [{ docker_auths: [{ registry: 'a:1/team', username: 'x', password: 'y' }] }, 'without a namespace'],
  ])('refuses what docker would refuse, or look up nowhere: %j', (vars, message) => {
    expect(schema.safeParse(vars).error?.issues[0]?.message).toContain(message);
  });

  it('removes proxies that the site has no longer with force alone', () => {
    expect(tasks({}).concat(tasks({ docker_proxies: { http: 'http://p' }, docker_config_force: true }))).not.toContain(
      'no proxies that the site has not',
    );
    expect(tasks({ docker_config_force: true })).toContain('no proxies that the site has not');
  });

  it('strips the scheme of an insecure registry for podman, which would read nothing at all with it', () => {
    const host = hostContext({ facts: { os_family: 'redhat', os_major: 9, docker_version: '' } });
    const vars = schema.parse({
      docker_insecure_registries: ['http://upstream:5000'],
      docker_block_registries: ['upstream:5000'],
    });
    const made = role.tasks({ vars, facts: host.facts, host, flags, inventoryHostname: 'x' });
    expect(made.map((item) => (item.kind === 'flush' ? item.kind : item.name))).toContain(
      'registries_conf /etc/containers/registries.conf.d/90-provision.conf',
    );
  });
});
