import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { labHost, type Scratch, scratch } from '../../../kit/inventory.js';
import { named, provisionJson } from '../../../kit/provision.js';
import { type TestService, testService } from '../../../service/service-kit.js';
import { ssh } from '../../lab.js';
import { sharesOfVersions } from './registries-on-shares.js';

const host = 'nfs1';
const site = `
- hosts: all
  vars:
    registry_storage_nfs: { server: 127.0.0.1, path: "/var/export/registry{version}" }
    registry_gc_schedule: Sun 03:00
  roles: [registry-setup]
`;
/** Shares, and none of the registries that were there before. */
const emptied = `
- hosts: all
  vars:
    nfs_exports: ${JSON.stringify(sharesOfVersions)}
    registry_storage_nfs: { server: 127.0.0.1, path: "/var/export/registry{version}" }
    registry_instances: ${JSON.stringify([5000, 5001, 5002].map((port) => ({ port, state: 'absent' })))}
  roles: [nfs-export, registry-setup]
`;

/** Registries of versions 31 to 33 on their shares, by the API of a service alone, and by the older server's requests. */
export const registriesByApi = () => {
  let folder: Scratch;
  let args: string[];
  let service: TestService;

  beforeAll(async () => {
    folder = scratch();
    const inventory = folder.inventory({ [host]: labHost(host) });
    args = [folder.write('site.yaml', site), '-i', inventory];
    const before = await provisionJson([folder.write('emptied.yaml', emptied), '-i', inventory]);
    expect(named(before.tasks, 'failed', 'kept'), before.stderr).toEqual([]);
    service = await testService({
      site: args[0],
      inventory: [inventory],
      registry: false,
      older_listen: '127.0.0.1:0',
      older_host: host,
      older_account: 'anna',
    });
  });
  afterAll(async () => {
    await service?.close();
    folder.remove();
  });

  const call = async (request: string, body?: object) =>
    (await service.send(request, body, undefined, { Prefer: 'wait=60' })).body;
  const done = async (request: string, body?: object) => {
    const asked = await call(request, body);
    expect(asked, JSON.stringify(asked)).toHaveProperty('id');
    for (;;) {
      const job = await call(`GET /api/v1/jobs/${asked.id}`);
      if (job.state === 'done') return job;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  };
  const shares = async () =>
    (await ssh(host, 'grep -o "^[^ ]* /srv/registry/registry500.*nfs4" /proc/mounts')).stdout
      .split('\n')
      .map((line) => line.replace(/ nfs4$/, ''));
  const pushStatus = async (port: number) =>
    (await ssh(host, `curl -s -o /dev/null -w %{http_code} -X POST http://localhost:${port}/v2/probe/blobs/uploads/`))
      .stdout;
  const registries = async () =>
    (await call('GET /api/v1/registries')).items.map(({ name, version, readOnly, result }: Record<string, unknown>) => [
      name,
      version,
      readOnly,
      result,
    ]);

  it('are made at ports that are free there, and take no pushes unless that is asked for', async () => {
    const plan = await done('POST /api/v1/registries?dryRun=true', { host, version: 31 });
    expect(plan).toMatchObject({ kind: 'check', result: 'differs' });
    expect((await call('GET /api/v1/registries')).items).toEqual([]);
    // Asked for at once: the host does one after the other, and each finds a port of its own.
    const jobs = await Promise.all([31, 32, 33].map((version) => done('POST /api/v1/registries', { host, version })));
    expect(jobs.map(({ result, problem }) => [result, problem])).toEqual(jobs.map(() => ['changed', '']));
    const made = await registries();
    expect(made.map(([name]: string[]) => name)).toEqual(['registry5000', 'registry5001', 'registry5002']);
    expect(new Set(made.map(([, version]: string[]) => version))).toEqual(new Set(['31', '32', '33']));
    expect(await shares()).toEqual(
      made.map(([name, version]: string[]) => `127.0.0.1:/var/export/registry${version} /srv/registry/${name}`),
    );
    expect(await pushStatus(5000)).toBe('405');
  });

  it('change to another version at their port, and from read-only to writable and back', async () => {
    const [own, other] = await Promise.all(
      ['registry5002', 'registry5001'].map(async (name) => (await call(`GET /api/v1/registries/${name}`)).version),
    );
    expect(own).not.toBe(other);
    expect(await done('PATCH /api/v1/registries/registry5002', { version: other })).toMatchObject({
      result: 'changed',
    });
    expect((await shares())[2]).toBe(`127.0.0.1:/var/export/registry${other} /srv/registry/registry5002`);
    expect(await pushStatus(5002)).toBe('405');
    for (const [readOnly, status] of [
      [false, '202'],
      [true, '405'],
    ] as const) {
      expect(await done('PATCH /api/v1/registries/registry5000', { readOnly })).toMatchObject({ result: 'changed' });
      expect(await pushStatus(5000)).toBe(status);
    }
  });

  it('have their garbage collected by a job, which does what their timer would', async () => {
    const collect = (registry: string) => done('POST /api/v1/jobs', { kind: 'gc', registry });
    await done('PATCH /api/v1/registries/registry5000', { readOnly: false });
    const job = await collect('registry5000');
    expect(job, JSON.stringify(job)).toMatchObject({ result: 'changed', hosts: [host], registry: 'registry5000' });
    const { items } = await call(`GET /api/v1/jobs/${job.id}/events`);
    expect(JSON.stringify(items)).toMatch(/registry5000: (\d+ blobs collected|nothing is stored there yet)/);
    expect(await pushStatus(5000)).toBe('202');
    expect(await call('POST /api/v1/jobs?dryRun=true', { kind: 'gc', registry: 'registry5000' })).toMatchObject({
      status: 422,
      detail: "the collection of registry5000 on nfs1 is that of its timer, which can't be tried first",
    });
    await done('PATCH /api/v1/registries/registry5000', { readOnly: true });
    expect(await collect('registry5000')).toMatchObject({
      result: 'failed',
      problem: expect.stringMatching(
        /^nfs1 has no timer that collects the garbage of registry5000 .* read-only has none$/,
      ),
    });
  });

  it('go back to what they were where a change fails', async () => {
    const before = await call('GET /api/v1/registries/registry5001');
    const failed = await done('PATCH /api/v1/registries/registry5001', { version: '99' });
    expect(failed).toMatchObject({
      result: 'failed',
      problem: expect.stringMatching(/registry5001 is as it was before/),
    });
    expect(await call('GET /api/v1/registries/registry5001')).toMatchObject({
      version: before.version,
      result: 'failed',
    });
    expect((await shares())[1]).toBe(`127.0.0.1:/var/export/registry${before.version} /srv/registry/registry5001`);
    expect(await pushStatus(5001)).toBe('405');
  });

  it("are made, changed and deleted by the older server's requests", async () => {
    const older = async (method: string, path: string, form?: string) => {
      const data = form === undefined ? [] : ['-d', form];
      const words = ['-sS', '-X', method, ...data, '-w', '\n%{http_code}', `${service.older}${path}`];
      const lines = (await execa('curl', words)).stdout.split('\n');
      return [Number(lines.pop()), JSON.parse(lines.join('\n'))];
    };
    const made = { id: expect.stringMatching(/^[0-9a-f]{12}$/), name: 'registry5003', port: '5003', version: '31' };
    expect(await older('POST', '/registry', 'version=31')).toEqual([200, { 1: made }]);
    expect(await older('PUT', '/registry/registry5003', 'version=32')).toEqual([
      200,
      { 1: { ...made, version: '32' } },
    ]);
    expect(await pushStatus(5003)).toBe('405');
    expect(await older('GET', '/registry/registry500')).toEqual([200, {}]);
    const [, all] = await older('GET', '/');
    expect(Object.keys(all as object)).toEqual(['1', '2', '3', '4']);
    expect(await older('DELETE', '/registry/registry5003')).toEqual([200, 'registry5003']);
    expect(await older('DELETE', '/registry/registry5003')).toEqual([404, expect.anything()]);
    expect(await older('POST', '/registry', 'version=34')).toEqual([
      400,
      { message: { version: 'version should be 31 32 or 33' } },
    ]);
  });

  it('are deleted, and a run without the service has nothing to do', async () => {
    expect(await done('DELETE /api/v1/registries/registry5002')).toMatchObject({ result: 'changed' });
    expect((await registries()).map(([name]: string[]) => name)).toEqual(['registry5000', 'registry5001']);
    expect((await shares()).length).toBe(2);
    const run = await provisionJson(args);
    expect(named(run.tasks, 'changed', 'kept', 'failed'), run.stderr).toEqual([]);
  });
};
