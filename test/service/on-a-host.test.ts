import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hash } from 'bcryptjs';
import { execa } from 'execa';
import { afterAll, describe, expect, it } from 'vitest';
import { serviceOptions } from '../../src/service/config/service-options.js';
import { readRegistrySettings } from '../../src/service/registry-settings.js';
import { backUp } from '../../src/service/store/back-up.js';
import { startPostgres } from './postgres-kit.js';
import { admin, testService } from './service-kit.js';

const folder = mkdtempSync(join(tmpdir(), 'provision-on-a-host-'));
afterAll(() => rmSync(folder, { recursive: true }));

const registries = [{ name: 'production', host: 'registry.example.com:5000', read_only: false }];

describe('the first account of a file', () => {
  const file = join(folder, 'first-account');

  it('is an administrator, made once: what the file says later changes nothing', async () => {
    writeFileSync(file, `anna:${await hash(admin[1], 4)}\n`);
    const state = join(folder, 'first');
    const first = await testService({ first_account: file, state }, false);
    expect(first.setupToken).toBeUndefined();
    expect((await first.send('GET /api/v1/audit')).body.items[0]).toMatchObject({ verb: 'setup', object: 'anna' });
    await first.close();
    writeFileSync(file, `mallory:${await hash(admin[1], 4)}\n`);
    const second = await testService({ first_account: file, state }, false);
    expect((await second.send('GET /api/v1/users')).body.items.map(({ name }: { name: string }) => name)).toEqual([
      'anna',
    ]);
    await second.close();
  });

  it.each([
    ['', 'must hold one account, and holds 0'],
    ['anna:plain\n', 'must have a hash of bcrypt'],
    [`a1:$2b$04$${'a'.repeat(53)}\nb1:$2b$04$${'a'.repeat(53)}\n`, 'must hold one account, and holds 2'],
  ])('is refused by name where the file holds %j', async (text, message) => {
    writeFileSync(file, text);
    await expect(testService({ first_account: file }, false)).rejects.toThrow(message);
    await expect(testService({ first_account: file }, false)).rejects.toThrow(file);
  });
});

describe('settings of a registry', () => {
  it('are read beside the running service: those that its API gives', async () => {
    const service = await testService({ registries });
    const options = serviceOptions({ state: service.folder, url: service.url, registries }, {}, undefined);
    const settings = await readRegistrySettings(options, 'production');
    expect(settings).toMatchObject((await service.send('GET /api/v1/token-server')).body);
    const { body } = await service.send('GET /api/v1/registries/production/notification-settings');
    expect(settings.notifications).toEqual(body);
    await expect(readRegistrySettings(options, 'other')).rejects.toThrow(
      'the service has no registry other, only production, local. Add it to registries',
    );
    await service.close();
  });

  it('are none before the service was started, and nothing is made by asking', async () => {
    const state = join(folder, 'never');
    const options = serviceOptions({ state, registries }, {}, undefined);
    await expect(readRegistrySettings(options, 'production')).rejects.toThrow('has not been started yet');
    expect(existsSync(state)).toBe(false);
  });
});

describe('a backup', () => {
  it('is a whole copy beside the running service, from which it starts again, for its owner alone', async () => {
    const service = await testService();
    const copies = join(folder, 'copies');
    const options = serviceOptions({ state: service.folder }, {}, undefined);
    await service.send('POST /api/v1/users', { name: 'bob', password: 'a password of bob' });
    const { path } = await backUp(options, copies, undefined);
    await service.send('POST /api/v1/users', { name: 'later', password: 'a password of later' });
    await service.close();
    expect(readdirSync(path).sort()).toEqual(['key', 'service.db']);
    expect([path, join(path, 'service.db'), join(path, 'key')].map((each) => statSync(each).mode & 0o777)).toEqual([
      0o700, 0o600, 0o600,
    ]);
    const restored = await testService({ state: path, registry: false }, false);
    expect((await restored.send('GET /api/v1/users')).body.items.map(({ name }: { name: string }) => name)).toEqual([
      'anna',
      'bob',
    ]);
    await restored.close();
  });

  it('leaves the newest, touches nothing else in the folder, and leaves nothing where it fails', async () => {
    const service = await testService();
    const copies = join(folder, 'kept');
    const options = serviceOptions({ state: service.folder }, {}, undefined);
    const at = (hour: number) => new Date(Date.UTC(2026, 0, 1, hour));
    for (const hour of [1, 2, 3]) await backUp(options, copies, 2, at(hour));
    writeFileSync(join(copies, 'service-notes'), '');
    const { removed } = await backUp(options, copies, 2, at(4));
    expect(removed).toEqual([join(copies, 'service-2026-01-01T02-00-00-000Z')]);
    await expect(backUp({ ...options, database: join(folder, 'no.db') }, copies, 1)).rejects.toThrow('is not there');
    await service.close();
    expect(readdirSync(copies).sort()).toEqual([
      'service-2026-01-01T03-00-00-000Z',
      'service-2026-01-01T04-00-00-000Z',
      'service-notes',
    ]);
  });

  it('of PostgreSQL is what pg_restore takes; a wrong address says why', async () => {
    const server = await startPostgres();
    try {
      const [from, to] = [await server.database(), await server.database()];
      const service = await testService({ database: from, registry: false });
      const keyFile = join(service.folder, 'key');
      const { path } = await backUp({ database: from, keyFile }, join(folder, 'dumps'), undefined);
      const nowhere = from.replace(/[^/]+$/, 'nowhere');
      await expect(backUp({ database: nowhere, keyFile }, join(folder, 'dumps'), 1)).rejects.toThrow(
        /pg_dump: .*nowhere/,
      );
      await service.close();
      expect(readdirSync(join(folder, 'dumps'))).toHaveLength(1);
      await execa('pg_restore', ['--no-owner', `--dbname=${to}`, join(path, 'service.dump')]);
      const restored = await testService({ database: to, key_file: join(path, 'key'), registry: false }, false);
      expect((await restored.send('GET /api/v1/users')).body.items).toMatchObject([{ name: 'anna' }]);
      await restored.close();
    } finally {
      await server.stop();
    }
  });
});
