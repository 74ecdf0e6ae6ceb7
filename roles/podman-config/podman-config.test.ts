import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { hostContext } from '../../test/kit/converge-locally.js';
import role from './index.js';
import { vars as schema } from './vars.js';

function tasks(vars: z.input<typeof schema>): string[] {
  const host = hostContext();
  const flags = { force: false, sync: undefined, check: false };
  return role
    .tasks({ vars: schema.parse(vars), facts: host.facts, host, flags, inventoryHostname: 'x' })
    .map((item) => (item.kind === 'flush' ? item.kind : item.name));
}

const asked = {
  podman_registries: [{ registry: 'a:1', insecure: true }],
  podman_auths: [{ registry: 'a:1', username: 'me', password: 'pass' }],
  podman_proof_image: 'a:1/x:1',
};

describe('podman-config', () => {
  it('leaves alone what nothing was asked of', () => {
    expect(tasks({})).toEqual([]);
  });

  it('configures the host, with root for its account, and pulls as root', () => {
    expect(tasks({ ...asked, podman_install: true })).toEqual([
      ...['package podman', 'directory /etc/containers/registries.conf.d'],
      'registries_conf /etc/containers/registries.conf.d/90-provision.conf',
      ...['directory /root/.config/containers', 'registry_auths /root/.config/containers/auth.json'],
      ...['flush', 'podman pulls a:1/x:1'],
    ]);
  });

  it('configures users in their homes, without the host where that is asked', () => {
    const users = ['dev', { name: 'ops', home: '/srv/ops' }];
    const all = tasks({ ...asked, podman_system: false, podman_users: users });
    expect(all.filter((name) => /_/.test(name) || /pulls/.test(name))).toEqual([
      'registries_conf /home/dev/.config/containers/registries.conf.d/90-provision.conf',
      'registry_auths /home/dev/.config/containers/auth.json',
      'registries_conf /srv/ops/.config/containers/registries.conf.d/90-provision.conf',
      'registry_auths /srv/ops/.config/containers/auth.json',
      ...['podman pulls a:1/x:1 as dev', 'podman pulls a:1/x:1 as ops'],
    ]);
  });

  it.each([
    [{ podman_proof_image: 'busybox:1' }, /must name its registry/],
    [{ podman_registries: [{ registry: '10.0.0.0/8;' }] }, /must be a registry as podman names it/],
    [{ podman_users: ['a b'] }, /Invalid input|name of a user/],
  ])('refuses %j', (vars, message) => {
    expect(schema.safeParse(vars).error?.issues[0]?.message).toMatch(message);
  });
});
