import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../src/service-client/connect.js';
import { checkout } from '../kit/provision.js';
import { admin, type TestService, testService } from './service-kit.js';

const folder = mkdtempSync(join(tmpdir(), 'registries-'));
const root = join(folder, 'nfs1');
let service: TestService;

beforeAll(async () => {
  const site = join(folder, 'site.yaml');
  writeFileSync(site, JSON.stringify([{ hosts: 'all', roles: ['registry-setup'] }]));
  const hosts = { nfs1: { connection: 'local', root } };
  writeFileSync(join(folder, 'inventory.yaml'), JSON.stringify({ all: { hosts } }));
  service = await testService({ site, registry: false });
});
afterAll(async () => {
  await service.close();
  rmSync(folder, { recursive: true, force: true });
});

const [name, password] = admin;

/** Runs `provision registries` as `anna`. */
async function registries(...args: string[]) {
  const main = join(checkout, 'dist/src/cli/main.js');
  return await execa(process.execPath, [main, 'registries', ...args, '--service', service.url, '--as', name], {
    reject: false,
    env: { PROVISION_ACCOUNT_PASSWORD: password },
  });
}
const wanted = ['--host', 'nfs1', '--runtime', 'package', '--port', '5000'];

describe('provision registries', () => {
  it('shows what making one would change, and makes it, each task in a line', async () => {
    const check = await registries('create', ...wanted, '--version', '31', '--check');
    expect(check, check.stdout).toMatchObject({ exitCode: 0 });
    expect(check.stdout).toMatch(/nfs1 registry-setup › .*would change/);
    expect(check.stdout).toMatch(/^registry5000 on nfs1: differs$/m);
    expect(existsSync(root) && existsSync(join(root, 'etc'))).toBe(false);

    const made = await registries('create', ...wanted, '--version', '31');
    expect(made, made.stdout).toMatchObject({ exitCode: 0 });
    expect(made.stdout).toMatch(/nfs1 registry-setup › .*: changed/);
    expect(made.stdout).toMatch(/^registry5000 on nfs1: changed$/m);
    expect(made.stderr).toMatch(/^note: job [\w-]+; it goes on when this command is interrupted$/);
    expect((await registries('ls')).stdout).toMatch(/^registry5000 +nfs1:5000 +version 31 +read-only +changed$/);
  });

  it('changes one, takes a field away, and deletes it', async () => {
    expect((await registries('set', 'registry5000', '--writable', '--description', 'of the team')).stdout).toMatch(
      /^registry5000 on nfs1: changed$/m,
    );
    // Its repositories are seen as it says, unless a rule says otherwise.
    const rules = () => service.send('GET /api/v1/visibilities');
    expect((await registries('set', 'registry5000', '--visibility', 'public')).exitCode).toBe(0);
    const rule = { registry: 'registry5000', path: '', visibility: 'public' };
    await expect.poll(async () => (await rules()).body.items).toEqual([rule]);
    const written = () => readFileSync(join(folder, 'registries.yaml'), 'utf8');
    expect(written()).toContain('of the team');
    expect((await registries('set', 'registry5000', '--unset', 'description')).exitCode).toBe(0);
    expect(written()).not.toContain('of the team');
    const { stdout } = await registries('rm', 'registry5000', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'provision', result: 'changed', registry: 'registry5000' });
    expect((await registries('ls', '--json')).stdout).toBe('[]');
  });

  it('refuses what can not be, and says what of it, before anything is sent', async () => {
    const refused = async (...args: string[]) => {
      const { exitCode, stdout, stderr } = await registries(...args);
      return [exitCode, stdout, stderr];
    };
    expect(await refused('create', '--host', 'nfs1', '--nfs', 'nfs1')).toEqual([
      1,
      '',
      'error: --nfs nfs1: must be SERVER:/PATH',
    ]);
    expect(await refused('set', 'registry5000')).toEqual([1, '', 'error: nothing to change was given']);
    expect(await refused('set', 'registry5000', '--unset', 'port')).toEqual([
      1,
      '',
      expect.stringMatching(/^error: --unset port: must be one of version, /),
    ]);
    expect(await refused('set', 'registry5000', '--writable')).toEqual([
      1,
      '',
      expect.stringMatching(/there is no registry registry5000, or you may not see it$/),
    ]);
    expect(await refused('create', '--host', 'nobody')).toEqual([1, '', expect.stringMatching(/nobody/)]);
  });
});

describe('the client', () => {
  it('follows a job to its end, and lists what there is', async () => {
    const client = connect({ url: service.url, account: { name, password } });
    const job = await client.jobs.create({ kind: 'check' });
    const follow = client.jobs.follow(job.id);
    const sequences: number[] = [];
    let turn = await follow.next();
    for (; turn.done !== true; turn = await follow.next()) sequences.push(turn.value.sequence);
    expect(turn.value).toMatchObject({ id: job.id, state: 'done' });
    expect(sequences).toEqual(sequences.map((_, i) => i + 1));
    expect(await client.jobs.ended(job.id)).toEqual(turn.value);
    const ids: string[] = [];
    for await (const { id } of client.jobs.list({ kind: 'check' })) ids.push(id);
    expect(ids).toContain(job.id);
    expect(await client.registries.list()).toEqual([]);
    await expect(client.jobs.get('none')).rejects.toMatchObject({ name: 'ServiceProblem', status: 404 });
  });

  it('acts by an access token, and makes what programs need', async () => {
    const anna = connect({ url: service.url, account: { name, password } });
    const { secret } = await anna.tokens.create({ label: 'ci', api: 'write' });
    const client = connect({ url: service.url, token: secret });
    await client.groups.create({ name: 'team' });
    await client.users.create({ name: 'bob', password: 'a long password' });
    await client.groups.addMember('team', 'bob');
    const subject = { kind: 'group' as const, name: 'team' };
    const grant = await client.grants.create({ subject, path: 'team/', role: 'pusher' });
    expect(await client.grants.list()).toContainEqual(grant);
    expect(await client.explain({ account: 'bob', repository: 'team/app', action: 'push' })).toMatchObject({
      allowed: true,
    });
    const verbs: string[] = [];
    for await (const { verb } of client.audit()) verbs.push(verb);
    expect(verbs).toContain('group.add-member');
  });
});
