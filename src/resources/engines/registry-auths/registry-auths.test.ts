import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { check, converge } from '../../../../test/kit/converge-locally.js';
import { folderOf } from '../../../../test/kit/folder-of.js';
import { registry_auths } from './registry-auths.js';

const auth = (account: string) => ({ auth: Buffer.from(account).toString('base64') });

describe('accounts of registries', () => {
  let folder: string;
  let path: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'auths-'));
    path = join(folder, 'config.json');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const task = (
    password: string,
    more: { reader?: 'docker' | 'podman'; read_before?: string[]; registry?: string } = {},
  ) => {
    const { reader = 'docker', read_before = [], registry = 'registry1:5000' } = more;
    return registry_auths({ path, reader, read_before, accounts: [{ registry, username: 'puller', password }] });
  };
  const content = () => JSON.parse(readFileSync(path, 'utf8'));

  it('are renewed by a plain run when the password changes, for the registry takes the new one at once', async () => {
    writeFileSync(path, JSON.stringify({ auths: { 'registry1:5000': auth('puller:old'), other: auth('a:b') } }));
    const { plan, failure } = await converge(task('new'));
    expect(failure).toBeUndefined();
    expect(plan).toMatchObject({
      verdict: 'change',
      summary: expect.stringMatching(/^password renewed: registry1:5000(, mode|$)/),
    });
    expect(plan).not.toHaveProperty('diff');
    expect(content()).toEqual({ auths: { 'registry1:5000': auth('puller:new'), other: auth('a:b') } });
    expect(await check(task('new'))).toMatchObject({ verdict: 'ok' });
  });

  it.runIf(process.getuid?.() === 0)(
    "are reported where a user's session has another account, which podman reads first",
    async () => {
      const text = JSON.stringify({ auths: { 'registry1:5000': auth('puller:x') } });
      const own = folderOf({ 'auth.json': text });
      const path = join(own, 'auth.json');
      chmodSync(own, 0o755);
      chmodSync(path, 0o644);
      const session = '/run/user/4242/containers';
      mkdirSync(session, { recursive: true });
      writeFileSync(join(session, 'auth.json'), JSON.stringify({ auths: { 'registry1:5000': auth('old:x') } }));
      const way = ['setpriv', '--reuid', '4242', '--regid', '4242', '--clear-groups'];
      const accounts = [{ registry: 'registry1:5000', username: 'puller', password: 'x' }];
      const found = await check(registry_auths({ path, reader: 'podman', mode: '0644', accounts }), { way });
      rmSync('/run/user/4242', { recursive: true });
      expect(found).toMatchObject({
        verdict: 'kept',
        summary: `${session}/auth.json has an account of the registry, too, and podman reads it first`,
      });
    },
  );

  it('are kept where somebody has another account there', async () => {
    writeFileSync(path, JSON.stringify({ auths: { 'registry1:5000': auth('admin:x') } }));
    expect(await check(task('new'))).toMatchObject({ verdict: 'kept' });
  });

  it.each([
    ['docker', 'docker.io', 'https://index.docker.io/v1/'],
    ['docker', 'https://index.docker.io/v1/', 'https://index.docker.io/v1/'],
    ['podman', 'index.docker.io', 'docker.io'],
    ['podman', 'docker.io/team', 'docker.io/team'],
  ] as const)('have the key that %s looks %s up by', async (reader, registry, key) => {
    writeFileSync(path, '{}');
    await converge(task('x', { reader, registry }));
    expect(Object.keys(content().auths)).toEqual([key]);
  });

  it('are reported where the client asks somebody else first', async () => {
    const auths = { 'registry1:5000': auth('puller:x') };
    writeFileSync(path, JSON.stringify({ auths, credsStore: 'pass' }));
    expect(await check(task('x'))).toMatchObject({
      verdict: 'kept',
      summary: expect.stringContaining('credsStore pass'),
    });
    expect(await check(task('x', { reader: 'podman' }))).toMatchObject({ verdict: 'ok' });
    writeFileSync(path, JSON.stringify({ auths, credHelpers: { 'registry1:5000': 'x' } }));
    expect(await check(task('x'))).toMatchObject({ summary: expect.stringContaining('credHelpers of registry1:5000') });
    const before = join(folder, 'auth.json');
    writeFileSync(before, JSON.stringify({ auths }));
    expect(await check(task('x', { reader: 'podman', read_before: ['/none', before] }))).toMatchObject({
      verdict: 'kept',
      summary: `${before} has an account of the registry, too, and podman reads it first`,
    });
  });
});
