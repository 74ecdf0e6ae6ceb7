import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { renderFile } from '../../src/resources/files/render.js';
import { converge, hostContext } from '../../test/kit/converge-locally.js';
import { folderOf } from '../../test/kit/folder-of.js';
import { hostsFiles } from './hosts.js';
import role from './index.js';
import { vars as schema } from './vars.js';

const template = fileURLToPath(new URL('../../templates/etc/containerd/certs.d/hosts.toml.hbs', import.meta.url));

function rendered(vars: z.input<typeof schema>): Record<string, string> {
  const text = readFileSync(template, 'utf8');
  const files = hostsFiles(schema.parse(vars)).map((data) => [data.registry, renderFile(text, { ...data }, template)]);
  return Object.fromEntries(files);
}

const flags = { force: false, sync: undefined, check: false };

function tasks(vars: z.input<typeof schema>): string[] {
  const host = hostContext();
  return role
    .tasks({ vars: schema.parse(vars), facts: host.facts, host, flags, inventoryHostname: 'x' })
    .map((item) => (item.kind === 'flush' ? item.kind : item.name));
}

describe('hosts.toml', () => {
  it('names the mirrors, and then the registry itself', () => {
    const mirrors = [
      { registry: 'm:5000', insecure: true },
      { url: 'https://p/v2/hub', override_path: true, insecure: true },
    ];
    const { 'docker.io': text = '' } = rendered({ containerd_registries: [{ registry: 'docker.io', mirrors }] });
    expect(text).toMatchInlineSnapshot(`
      "# Where containerd pulls what is named docker.io/… from; managed by provision.
      server = "https://registry-1.docker.io"

      [host."http://m:5000"]
        capabilities = ["pull","resolve"]

      [host."https://p/v2/hub"]
        capabilities = ["pull","resolve"]
        skip_verify = true
        override_path = true

      [host."https://registry-1.docker.io"]
        capabilities = ["pull","resolve","push"]
      "
    `);
    expect(parse(text)).toHaveProperty('host');
  });

  it.each([
    ['reg.example:443', 'https://reg.example:443'],
    ['Harbor.example', 'https://Harbor.example'],
    ['docker.io', 'https://registry-1.docker.io'],
  ])('has the certificate and account of %s, whose default port or case a URL does not keep', (registry, url) => {
    const files = rendered({
      containerd_ca_certificates: [{ registry, src: 'ca.crt' }],
      containerd_auths: [
        { registry: registry === 'docker.io' ? 'index.docker.io' : registry, username: 'me', password: 'x' },
      ],
    });
    expect(Object.keys(files)).toEqual([registry]);
    expect(parse(files[registry] ?? '')).toMatchObject({
      host: {
        [url]: { ca: `/etc/containerd/certs.d/${registry}/ca.crt`, header: { Authorization: 'Basic bWU6eA==' } },
      },
    });
  });

  it('refuses an account of a namespace, which containerd would look up nowhere', () => {
    const account = { registry: 'a:1/team', username: 'me', password: 'x' };
    expect(schema.safeParse({ containerd_auths: [account] }).error?.issues[0]?.message).toMatch(/not of namespaces/);
  });

  it('has the certificates and the account of whom it names', () => {
    const files = rendered({
      containerd_ca_certificates: [{ registry: 'a:1', src: 'ca.crt', client: { certificate: 'c', key: 'k' } }],
      containerd_auths: [{ registry: 'a:1', username: 'me', password: 'pass' }],
    });
    expect(Object.keys(files)).toEqual(['a:1']);
    expect(files['a:1']).toMatchInlineSnapshot(`
      "# Where containerd pulls what is named a:1/… from; managed by provision.
      server = "https://a:1"

      [host."https://a:1"]
        capabilities = ["pull","resolve","push"]
        ca = "/etc/containerd/certs.d/a:1/ca.crt"
        client = [["/etc/containerd/certs.d/a:1/client.cert","/etc/containerd/certs.d/a:1/client.key"]]
        [host."https://a:1".header]
          Authorization = "Basic bWU6cGFzcw=="
      "
    `);
    expect(parse(files['a:1'] ?? '')).toHaveProperty('host');
  });
});

describe('containerd-config', () => {
  it('leaves alone what nothing was asked of', () => {
    expect(tasks({})).toEqual([]);
  });

  it('looks after config_path first, then writes the files, then pulls', () => {
    const registry = { registry: 'a:1', insecure: true };
    expect(
      tasks({ containerd_install: true, containerd_registries: [registry], containerd_proof_image: 'a:1/x:1' }),
    ).toEqual([
      ...['package containerd', 'service containerd', 'containerd_config /etc/containerd/config.toml'],
      ...['directory /etc/containerd/certs.d/a:1', 'hosts_toml /etc/containerd/certs.d/a:1/hosts.toml'],
      ...['no hosts.toml that containerd reads first', 'flush', 'containerd pulls a:1/x:1'],
    ]);
  });

  it('refuses what leads nowhere', () => {
    expect(() => tasks({ containerd_registries: [{ registry: '_default' }] })).toThrow('_default needs a location');
    const twice = schema.safeParse({ containerd_registries: [{ registry: 'a' }, { registry: 'a' }] });
    expect(twice.error?.issues[0]?.message).toBe('contains a registry twice. Remove one entry');
  });
});

describe('a new password', () => {
  it.each([
    ['of the same account is written without force', 'me', { verdict: 'change', summary: 'password renewed' }, 'new'],
    ['of another account is kept', 'they', { verdict: 'kept' }, 'old'],
  ])('%s', async (_, username, plan, written) => {
    const folder = folderOf({});
    const put = (username: string, password: string) => {
      const of = { containerd_certs_dir: folder, containerd_auths: [{ registry: 'r:5000', username, password }] };
      const host = hostContext();
      const context = { vars: schema.parse(of), facts: host.facts, host, flags, inventoryHostname: 'x' };
      const task = role.tasks(context).find((item) => item.kind === 'task' && item.name.startsWith('hosts_toml'));
      if (task?.kind !== 'task') throw new Error('no hosts.toml');
      return converge(task, { files: { template: () => template } });
    };
    mkdirSync(join(folder, 'r:5000'));
    expect((await put(username, 'old')).failure).toBeUndefined();
    const pass = await put('me', 'new');
    expect(pass.failure).toBeUndefined();
    expect(pass.plan).toMatchObject(plan);
    const text = readFileSync(join(folder, 'r:5000', 'hosts.toml'), 'utf8');
    expect(text).toContain(`Authorization = "Basic ${btoa(`${username}:${written}`)}"`);
  });
});
