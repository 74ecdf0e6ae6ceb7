import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase } from '../../../src/service/store/open-database.js';
import { seal } from '../../../src/vars/vault/cipher.js';
import { writeEnvelope } from '../../../src/vars/vault/envelope.js';
import { type ServiceProcess, startServiceProcess } from './service-process.js';

/*
 * Secrets of a job: those that it is given, those of the site's vault, and the password of that. While it runs and when it has ended
 * they are looked for in command lines, environments, tables, files, answers and the log. The password is asked for by a program, which
 * writes down who asked.
 */

const anna = ['anna', 'correct horse battery'] as const;
const given = 'canary-given-7c1f4e';
const vaulted = 'canary-vaulted-90ab3d';
const password = 'canary-vault-password-51';
const ofService = 'canary-environment-2288';
const secrets = [given, vaulted, password, ofService];
let folder = '';
let service: ServiceProcess;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'provision-job-secrets-'));
  mkdirSync(at('web1'));
  const envelope = writeEnvelope({ label: 'default', sealed: seal(Buffer.from(`vaulted: ${vaulted}\n`), password) });
  writeFileSync(at('vault.yaml'), envelope);
  const reader = `#!/bin/sh\ntr '\\0' ' ' </proc/$PPID/cmdline >>${at('asked')}\necho >>${at('asked')}\n. ${at('kept')}\necho "$password"\n`;
  writeFileSync(at('kept'), `password=${password}\n`, { mode: 0o600 });
  writeFileSync(at('vault-password'), reader);
  chmodSync(at('vault-password'), 0o700);
  writeFileSync(
    at('site.ts'),
    `import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { debug, defineRole, defineSite, file, use } from 'registry-provision';
import { z } from 'zod';
if (process.argv.at(-1) !== 'look') while (!existsSync(${JSON.stringify(at('go'))})) await pause(50);
const role = defineRole({
  name: 'secrets',
  summary: 'Writes both',
  vars: z.object({ given: z.string(), vaulted: z.string() }),
  tasks: ({ vars }) => [
    debug({ msg: vars.given + ' and ' + vars.vaulted }),
    file({ path: '/secrets', content: vars.given + vars.vaulted }),
  ],
});
export default defineSite([
  { name: 'all', hosts: 'all', gather_facts: false, vars_files: ['vault.yaml'], roles: [use(role)] },
]);
`,
  );
  const hosts = { web1: { connection: 'local', root: at('web1') } };
  writeFileSync(at('inventory.yaml'), JSON.stringify({ all: { hosts } }));
  process.env.PROVISION_SERVICE_LDAP_PASSWORD = ofService;
  try {
    service = await startServiceProcess(at('service.json'), {
      state: at('state'),
      listen: '127.0.0.1:0',
      registry: false,
      log: true,
      site: at('site.ts'),
      inventory: [at('inventory.yaml')],
      vault_password_files: [at('vault-password')],
    });
  } finally {
    delete process.env.PROVISION_SERVICE_LDAP_PASSWORD;
  }
  const body = JSON.stringify({ token: service.setupToken, name: anna[0], password: anna[1] });
  await fetch(`${service.url}/api/v1/setup`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
});
afterAll(async () => {
  writeFileSync(at('go'), '');
  await service.end('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
});

// biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for.
async function call(method: string, path: string, body?: object): Promise<any> {
  const answer = await fetch(`${service.url}/api/v1/${path}`, {
    method,
    headers: { Authorization: `Basic ${btoa(anna.join(':'))}`, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return await answer.json();
}

/** Returns the secrets in what can be seen from outside of the job's process, each with its place. */
async function seen(): Promise<string[]> {
  const places = new Map<string, string>();
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    for (const file of ['cmdline', 'environ']) {
      // Those of this test, and of the service, whose environment it is.
      if (file === 'environ' && (name === String(service.child.pid) || name === String(process.pid))) continue;
      places.set(`process ${file}`, `${places.get(`process ${file}`) ?? ''}${textOf(`/proc/${name}/${file}`)}`);
    }
  }
  const database = await openDatabase(at('state/service.db'));
  for (const { name } of await database.db.introspection.getTables()) {
    const { rows } = await sql`select * from ${sql.table(name)}`.execute(database.db);
    places.set(`table ${name}`, JSON.stringify(rows));
  }
  await database.close();
  for (const entry of readdirSync(at('state'), { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) places.set(`file ${entry.name}`, textOf(join(entry.parentPath, entry.name)));
  }
  places.set('log', service.log());
  for (const path of ['jobs?limit=100', 'audit?limit=100', 'hosts', 'site'])
    places.set(path, JSON.stringify(await call('GET', path)));
  return [...places].flatMap(([place, text]) =>
    secrets.filter((secret) => text.includes(secret)).map((secret) => `${secret} in ${place}`),
  );
}

it('secrets of a job are in no command line, environment, table, file, answer or log, while it runs and after', async () => {
  const { id } = await call('POST', 'jobs', { kind: 'provision', secrets: { given } });
  await expect.poll(() => existsSync(at(`state/jobs/${id}/started`)), { timeout: 60_000 }).toBe(true);
  const database = await openDatabase(at('state/service.db'));
  const sealed = async () =>
    (await database.db.selectFrom('jobs').select('sealed').where('id', '=', id).executeTakeFirstOrThrow()).sealed;
  expect(await sealed()).not.toBeNull();
  expect(await seen()).toEqual([]);
  const pid = Number(readFileSync(at(`state/jobs/${id}/started`), 'utf8'));
  expect(textOf(`/proc/${pid}/environ`)).not.toContain('PROVISION_SERVICE_');
  expect(textOf(`/proc/${service.child.pid}/environ`)).toContain(ofService);

  writeFileSync(at('go'), '');
  await expect.poll(async () => (await call('GET', `jobs/${id}`)).state, { timeout: 60_000 }).toBe('done');
  expect(await call('GET', `jobs/${id}`)).toMatchObject({ result: 'changed' });
  expect(readFileSync(at('web1/secrets'), 'utf8')).toBe(`${given}${vaulted}`);
  expect(await sealed()).toBeNull();
  await database.close();
  const events = JSON.stringify(await call('GET', `jobs/${id}/events?limit=1000`));
  expect(events).toContain('debug');
  expect(secrets.filter((secret) => events.includes(secret))).toEqual([]);
  expect(await seen()).toEqual([]);
});

it('the password of a vault is read by processes of jobs alone, never by the service', () => {
  const asked = readFileSync(at('asked'), 'utf8').trim().split('\n');
  expect(asked.length).toBeGreaterThan(1);
  expect(asked.filter((line) => !/ run-job (look|[0-9a-f-]{36}) ?$/.test(line))).toEqual([]);
});

it('what a job leaves is for the user of the service alone', () => {
  const [job = ''] = readdirSync(at('state/jobs'));
  expect(statSync(at('state/jobs')).mode & 0o077).toBe(0);
  for (const name of ['', ...readdirSync(at(`state/jobs/${job}`))]) {
    expect([name, statSync(at(`state/jobs/${job}/${name}`)).mode & 0o077]).toEqual([name, 0]);
  }
});

function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // The process has ended, or is another user's.
  }
}
