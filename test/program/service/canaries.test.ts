import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKeyFile } from '../../../src/service/store/key-file.js';
import { openDatabase } from '../../../src/service/store/open-database.js';
import { SigningKeys } from '../../../src/service/tokens/signing-keys.js';
import { type PostgresServer, startPostgres } from '../../service/postgres-kit.js';
import { startReceiver } from '../../service/receiver-kit.js';
import { type ServiceProcess, startServiceProcess } from './service-process.js';

/*
 * Secrets of all kinds are sent over the whole of a service, right and wrong ones, and then looked for, in the forms in which a
 * mistake would leave them: in each table, each file, the log, each answer, and the command lines of all processes.
 */

const canary = (name: string) => `canary-${name}-${'x'.repeat(8)}7Q`;

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(async () => await postgres.stop());

describe.each(['SQLite', 'PostgreSQL'])('secrets of a service on %s', (kind) => {
  let folder: string;
  let address: string;
  let service: ServiceProcess;
  /** Secrets by what they are. */
  const secrets = new Map<string, string>();
  /** Text of answers in which no secret belongs. */
  const answers: string[] = [];

  const ask = async (
    request: string,
    {
      body,
      as,
      form,
      silent = false,
    }: {
      body?: unknown;
      as?: readonly [string, string] | string | undefined;
      form?: Record<string, string>;
      silent?: boolean;
    } = {},
  ) => {
    const [method = '', path = ''] = request.split(' ');
    const authorization =
      as === undefined ? {} : { Authorization: typeof as === 'string' ? as : `Basic ${btoa(as.join(':'))}` };
    const answer = await fetch(`${service.url}${path}`, {
      method,
      headers: { ...authorization, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
    });
    const text = await answer.text();
    if (!silent) answers.push(`${request} ${answer.status} ${text}`);
    return { status: answer.status, headers: answer.headers, body: text.startsWith('{') ? JSON.parse(text) : text };
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'provision-canaries-'));
    const password = canary('database');
    secrets.set('password of the database', password);
    address =
      kind === 'SQLite'
        ? join(folder, 'state/service.db')
        : (await postgres.database()).replace('postgres@', `postgres:${password}@`);
    service = await startServiceProcess(join(folder, 'service.json'), {
      state: join(folder, 'state'),
      database: address,
      listen: '127.0.0.1:0',
      registry_listen: '127.0.0.1:0',
      log: true,
      webhook_allow: ['127.0.0.1'],
    });
  });
  afterAll(async () => {
    await service.end('SIGTERM');
    await rm(folder, { recursive: true });
  });

  it('are sent everywhere', async () => {
    const anna = ['anna', canary('password')] as const;
    const bob = ['bob', canary('other-password')] as const;
    secrets
      .set('password', anna[1])
      .set('password of another', bob[1])
      .set('setup token', service.setupToken ?? '');
    await ask('POST /api/v1/setup', { body: { token: canary('wrong-setup'), name: 'anna', password: anna[1] } });
    await ask('POST /api/v1/setup', { body: { token: service.setupToken, name: anna[0], password: anna[1] } });
    await ask('POST /api/v1/users', { as: anna, body: { name: 'bob', password: bob[1] } });
    await ask('POST /api/v1/users', { as: anna, body: { name: 'bob', password: canary('conflict') } });
    await ask('POST /api/v1/users', {
      as: anna,
      body: { name: 'BAD NAME', password: canary('bad-field'), more: canary('more') },
    });
    await ask('PATCH /api/v1/users/bob', { as: anna, body: { password: 5, current: canary('wrong-type') } });
    const made = (await ask('POST /api/v1/tokens', { as: bob, body: { label: 'canary', api: 'write' }, silent: true }))
      .body;
    secrets.set('access token', made.secret);
    await ask('POST /api/v1/robots', { as: bob, body: { name: 'bob+ci' } });
    const robot = (await ask('POST /api/v1/robots/bob+ci/tokens', { as: bob, body: { label: 'ci' }, silent: true }))
      .body;
    secrets.set('token of a robot', robot.secret);
    const login = await ask('POST /api/v1/session', { body: { name: 'bob', password: bob[1] } });
    const cookie = /=([^;]+)/.exec(login.headers.get('set-cookie') ?? '')?.[1];
    secrets.set('session', cookie ?? '');
    const offline = '/token?service=local&offline_token=true&client_id=docker&account=bob';
    const refresh = (await ask(`GET ${offline}`, { as: bob, silent: true })).body;
    secrets.set('refresh token', refresh.refresh_token);
    const issued = await ask('GET /token?service=local&scope=repository:bob/app:pull,push', { as: bob, silent: true });
    secrets.set('token of a registry', issued.body.token);
    const settings = await ask('GET /api/v1/registries/local/notification-settings', { as: anna, silent: true });
    const notificationHeader: string = settings.body.headers.Authorization[0];
    secrets.set('secret of notifications', notificationHeader.slice('Bearer '.length));
    // Wrong ones, where a refusal might repeat what it was given.
    for (const name of ['bob', canary('name')])
      await ask('GET /api/v1/users', { as: [name.slice(0, 20), canary('guess')] });
    await ask('GET /api/v1/users', { as: `Bearer prv_${canary('guessed-token')}` });
    await ask('GET /api/v1/users', { as: `Digest ${canary('scheme')}` });
    await ask('POST /token', {
      form: { grant_type: 'password', username: 'bob', password: canary('form-guess'), service: 'local' },
    });
    await ask('POST /token', {
      form: { grant_type: 'refresh_token', refresh_token: canary('refresh-guess'), service: 'local' },
    });
    await ask('POST /token', {
      form: {
        grant_type: 'refresh_token',
        refresh_token: refresh.refresh_token,
        service: 'local',
        scope: 'repository:bob/app:pull',
      },
      silent: true,
    });
    await ask('POST /api/v1/registries/local/notifications', {
      as: `Bearer ${canary('notification-guess')}`,
      body: { events: [] },
    });
    await ask('POST /api/v1/registries/local/notifications', { as: notificationHeader, body: { events: 'none' } });
    // A receiver sends back all that it was sent.
    const receiver = await startReceiver({
      answer: (response, { headers, body: text }) => {
        const { authorization = '' } = headers;
        response.writeHead(401, { 'www-authenticate': authorization }).end(`${JSON.stringify(headers)} ${text}`);
      },
    });
    const basic = `Basic ${btoa(`hook:${canary('webhook-password')}`)}`;
    const hook = {
      name: 'ci',
      url: receiver.url,
      headers: { Authorization: basic, 'X-Key': canary('webhook-header') },
    };
    secrets
      .set('header of a webhook', canary('webhook-header'))
      .set('password of a webhook', canary('webhook-password'));
    const madeHook = (await ask('POST /api/v1/webhooks', { as: anna, body: hook, silent: true })).body;
    secrets.set('secret of a webhook', madeHook.secret);
    const hookPath = `/api/v1/webhooks/${madeHook.id}`;
    await ask(`POST ${hookPath}/test`, { as: anna });
    const triedAt = performance.now();
    while (receiver.received.length === 0 && performance.now() - triedAt < 20_000) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(receiver.received[0]?.headers['x-key']).toBe(canary('webhook-header'));
    const rotated = (await ask(`POST ${hookPath}/rotate-secret`, { as: anna, body: {}, silent: true })).body;
    secrets.set('next secret of a webhook', rotated.secret);
    const wrongUrl = `http://me:${canary('webhook-address')}@ci.example.com/`;
    await ask('POST /api/v1/webhooks', { as: anna, body: { ...hook, url: wrongUrl } });
    const wrongHeader = { 'X-Key': `${canary('wrong-header')}\n` };
    await ask('POST /api/v1/webhooks', { as: anna, body: { ...hook, headers: wrongHeader } });
    await ask('POST /api/v1/webhooks', { as: anna, body: { ...hook, url: canary('no-address') } });
    for (const name of ['webhook-address', 'no-address', 'wrong-header']) secrets.set(`wrong: ${name}`, canary(name));
    const tests = (await ask(`GET ${hookPath}/deliveries`, { as: anna })).body;
    await ask(`GET ${hookPath}/deliveries/${tests.items[0].id}`, { as: anna });
    await receiver.close();
    for (const name of [
      'conflict',
      'bad-field',
      'more',
      'wrong-type',
      'wrong-setup',
      'guess',
      'guessed-token',
      'scheme',
      'form-guess',
      'refresh-guess',
      'notification-guess',
    ]) {
      secrets.set(`wrong: ${name}`, canary(name));
    }
    // The registry sees tokens as well, good and bad, in headers and in the address of a blob.
    const digest = `sha256:${'0'.repeat(64)}`;
    const at = `http://${service.registry}/v2/bob/app`;
    const bearer = { Authorization: `Bearer ${issued.body.token}` };
    await fetch(`${at}/blobs/uploads/`, { method: 'POST', headers: bearer });
    await fetch(`${at}/blobs/${digest}?access_token=${issued.body.token}`);
    await fetch(`${at}/blobs/${digest}?x=1&access_token=${canary('address')}`);
    await fetch(`${at}/blobs/${digest}`, { headers: { Authorization: `Bearer ${canary('registry-guess')}` } });
    for (const name of ['address', 'registry-guess']) secrets.set(`wrong: ${name}`, canary(name));
    // All that can be read, by those who see most.
    for (const path of [
      'users',
      'users/bob',
      'groups',
      'robots',
      'tokens',
      'logins',
      'sessions',
      'session',
      'grants',
      'audit?limit=500',
      'registries',
      'token-server',
      'search?q=bob',
      'webhooks',
    ]) {
      await ask(`GET /api/v1/${path}`, { as: anna });
      await ask(`GET /api/v1/${path}`, { as: bob });
    }
    expect([...secrets].filter(([, secret]) => typeof secret !== 'string' || secret.length < 20)).toEqual(
      kind === 'SQLite' ? [] : [],
    );
    const database = await openDatabase(address);
    const keys = await SigningKeys.open(database, await openKeyFile(join(folder, 'state/key')));
    expect(keys.bundle).toContain('CERTIFICATE');
    const sealed = await database.db.selectFrom('sealed').selectAll().executeTakeFirstOrThrow();
    const authority = (await openKeyFile(join(folder, 'state/key'))).open(sealed.name, sealed.value);
    secrets.set('key of the authority', JSON.parse(authority).key.split('\n')[1]);
    secrets.set('key file', (await readFile(join(folder, 'state/key'), 'utf8')).trim());
    await database.close();
  });

  it('are in no answer but the one that shows them once', () => {
    expect(found(answers.join('\n'))).toEqual([]);
  });

  it('are in no line of the log', () => {
    expect(service.log()).toContain('repository:bob/app:pull,push');
    expect(found(service.log())).toEqual([]);
  });

  it('are in no table', async () => {
    const database = await openDatabase(address);
    const tables = await database.db.introspection.getTables();
    expect(tables.length).toBeGreaterThan(15);
    const texts: string[] = [];
    for (const { name } of tables) {
      const { rows } = await sql`select * from ${sql.table(name)}`.execute(database.db);
      texts.push(JSON.stringify(rows));
    }
    await database.close();
    expect(texts.join('\n')).toContain('bob+ci');
    expect(found(texts.join('\n'))).toEqual([]);
  });

  it('are in no file but that of the key', async () => {
    const names = await readdir(join(folder, 'state'), { recursive: true, withFileTypes: true });
    const files = names.filter((each) => each.isFile() && each.name !== 'key');
    expect(files.length).toBeGreaterThan(2);
    for (const { parentPath, name } of files) {
      expect([name, found(await readFile(join(parentPath, name), 'latin1'))]).toEqual([name, []]);
    }
  });

  it('are in no command line', async () => {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '')));
    expect(lines.join('\n')).toContain(join(folder, 'service.json'));
    expect(found(lines.join('\n'))).toEqual([]);
  });

  /** Returns the secrets that a text holds, as they are or encoded. */
  function found(text: string): string[] {
    return [...secrets]
      .filter(([, secret]) => formsOf(secret).some((form) => text.includes(form)))
      .map(([name]) => name);
  }
});

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  // In base64 behind a name, as in a header, it begins at one of three places: its middle is the same text in each.
  const shifted = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .slice(4, -4),
  );
  return [secret, encodeURIComponent(secret), bytes.toString('hex'), bytes.toString('base64url'), ...shifted];
}
