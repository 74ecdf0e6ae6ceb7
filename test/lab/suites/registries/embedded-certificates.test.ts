import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labHost, type Scratch, scratch } from '../../../kit/inventory.js';
import { named, provision, provisionJson } from '../../../kit/provision.js';
import { takeHosts } from '../../../kit/vitest/holding.js';
import { clientKey, container, labUp, placeOf, resetHost, ssh, sshPort } from '../../lab.js';

const [host] = await takeHosts(1);

/** Nobody connects to the registry without a certificate, and the run and its timer have none. */
describe('an embedded registry that requires certificates of clients', () => {
  let files: Scratch;
  let args: string[];

  beforeAll(async () => {
    await labUp({ vm: false, extra: [host] });
    await resetHost(host);
    files = scratch();
    await execa('docker', ['cp', process.execPath, `${container(host)}:/usr/local/bin/node`]);
    const at = (name: string) => join(files.path, name);
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', at('clients.key')];
    const words = ['req', '-x509', ...key, '-subj', '/CN=clients', '-days', '1', '-out', at('clients.crt')];
    execFileSync('openssl', words, { stdio: 'ignore' });
    await ssh(host, `cat >/etc/clients.crt <<'END'\n${readFileSync(at('clients.crt'), 'utf8')}END`);
    const site = files.write(
      'site.yaml',
      `- hosts: ${host}
  vars:
    registry_runtime: embedded
    registry_tls: { ca: own }
    registry_tls_client_ca: /etc/clients.crt
    registry_gc_schedule: daily
  roles: [registry-setup]
`,
    );
    args = [site, '-i', files.inventory({ [host]: labHost(host) })];
  });
  afterAll(() => files?.remove());

  it('was said not to answer, since the run has no certificate; again there is nothing to do', async () => {
    const first = await provisionJson(args);
    expect(named(first.tasks, 'failed')).toEqual([]);
    const refused = await ssh(host, 'curl -sk https://localhost:5000/v2/');
    expect(refused.exitCode).not.toBe(0);
    const second = await provisionJson(args);
    expect(named(second.tasks, 'changed', 'failed', 'kept')).toEqual([]);
  });

  it('is collected by its timer, which did not reach it', async () => {
    const run = 'systemctl start provision-registry-gc-registry && journalctl -u provision-registry-gc-registry -o cat';
    expect(await ssh(host, run)).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('collected 0 blobs') });
    const modes = "stat -c '%a %F' /var/lib/registry/docker/registry/v2/_provision/servers/*";
    expect((await ssh(host, modes)).stdout).toBe('600 regular file\n600 socket');
  });

  it('is collected from here, over ssh', async () => {
    const gc = (user: string, ...words: string[]) =>
      provision(
        [
          ...['registry', 'gc', '--dir', '/var/lib/registry', '--on', `${user}@${placeOf(host).address}:${sshPort}`],
          ...['--private-key', clientKey, '--accept-new', ...words],
        ],
        { env: { HOME: files.path } },
      );
    const { status, stdout } = await gc('root', '--json');
    expect([status, JSON.parse(stdout)]).toMatchObject([0, { applied: false, server: 'https://0.0.0.0:5000' }]);
    expect(await gc('operator', '--become', '--yes')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('collected 0 blobs'),
    });
    await ssh(host, 'systemctl stop provision-registry');
    expect((await gc('root')).stderr).toContain('/var/lib/registry holds no images');
    await ssh(host, 'systemctl start provision-registry');
  });
});
