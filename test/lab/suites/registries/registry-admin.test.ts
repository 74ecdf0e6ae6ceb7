import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labHost, type Scratch, scratch } from '../../../kit/inventory.js';
import { named, provision, provisionJson } from '../../../kit/provision.js';
import { takeHosts } from '../../../kit/vitest/holding.js';
import { clientKey, labUp, placeOf, resetHost, ssh, sshPort } from '../../lab.js';

const [host] = await takeHosts(1);

/** The registry of a real host, looked after over SSH: its service is systemd's, its port only the host's. */
describe('registry gc on a host', () => {
  let files: Scratch;
  let at: string[];

  beforeAll(async () => {
    await labUp({ vm: false });
    await resetHost(host);
    files = scratch();
    const site = files.write(
      'site.yaml',
      `- hosts: all
  vars:
    registry_delete_enabled: true
    registry_address: 127.0.0.1
    image_sync_upstream: http://upstream:5000
    image_sync_images: [library/busybox:1, tools/multiarch:1.0, { name: tools/probe, tag: "1.0", target: tools/gone }]
  roles: [registry-setup, image-sync]
`,
    );
    const up = await provisionJson([site, '-i', files.inventory({ [host]: labHost(host) })]);
    expect(named(up.tasks, 'failed')).toEqual([]);
    at = ['--on', `root@${placeOf(host).address}:${sshPort}`, '--private-key', clientKey, '--accept-new'];
  });
  afterAll(() => files?.remove());

  const gc = (...args: string[]) =>
    provision(['registry', 'gc', 'localhost:5000', ...at, ...args], { env: { HOME: files.path } });
  const status = async (method: string, path: string) =>
    (await ssh(host, `curl -s -o /dev/null -w '%{http_code}' -X ${method} localhost:5000/v2/${path}`)).stdout;

  it('takes nothing while all is named, and refuses what would lose the images of an index', async () => {
    const plan = await gc('--json');
    expect(plan.stderr).not.toContain('error');
    expect(JSON.parse(plan.stdout)).toMatchObject({ applied: false, blobs: 0 });
    const refused = await gc('--delete-untagged', '--yes');
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(/2\.8/);
    expect(await status('POST', 'tools/probe/blobs/uploads/')).toBe('202');
  });

  it('frees what a removed tag leaves behind, in a read-only window that ends, with all tags whole', async () => {
    const size = async () => Number((await ssh(host, 'du -s /var/lib/docker-registry | cut -f1')).stdout);
    const remove =
      "d=$(curl -sI -H 'Accept: application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json' localhost:5000/v2/tools/gone/manifests/1.0 | tr -d '\\r' | sed -n 's/^Docker-Content-Digest: //p') && curl -sf -X DELETE localhost:5000/v2/tools/gone/manifests/$d";
    expect(await ssh(host, remove)).toMatchObject({ exitCode: 0 });
    const before = await size();
    const run = await gc('--yes', '--json');
    expect(run).toMatchObject({ status: 0 });
    const report = JSON.parse(run.stdout);
    expect(report.applied).toBe(true);
    expect(report.blobs).toBeGreaterThan(0);
    expect(await size()).toBeLessThan(before);
    expect(await status('POST', 'tools/probe/blobs/uploads/')).toBe('202');
    expect((await ssh(host, 'ls /run/systemd/system/docker-registry.service.d 2>/dev/null')).stdout).toBe('');
  });
});
