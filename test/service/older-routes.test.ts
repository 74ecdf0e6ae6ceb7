import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TestService, testService } from './service-kit.js';

/* Routes of the older server: what a client of it, or a page that somebody looks at, may try. No host is changed here. */

let folder = '';
let service: TestService;
const at = (name: string) => join(folder, name);
const registries = `registries:
  web1:
    - { name: registry5000, port: 5000, version: 31, readonly: true }
    - { name: registry5001, port: 5001, version: 32, readonly: true }
  web2:
    - { name: registry5002, port: 5002, version: 33, readonly: true }
`;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'older-routes-'));
  for (const host of ['web1', 'web2']) mkdirSync(at(host));
  const hosts = Object.fromEntries(['web1', 'web2'].map((name) => [name, { connection: 'local', root: at(name) }]));
  writeFileSync(at('inventory.yaml'), JSON.stringify({ all: { hosts } }));
  writeFileSync(
    at('site.yaml'),
    '- { hosts: all, gather_facts: false, tasks: [{ file: { path: /a, content: "" } }] }\n',
  );
  writeFileSync(at('registries.yaml'), registries);
  service = await testService({
    registry: false,
    site: at('site.yaml'),
    older_listen: '127.0.0.1:0',
    older_host: 'web1',
    older_account: 'anna',
  });
});
afterEach(async () => {
  await service.close();
  rmSync(folder, { recursive: true, force: true });
});

async function ask(method: string, path: string, version?: string, headers: Record<string, string> = {}) {
  const answer = await fetch(`${service.older}${path}`, {
    method,
    headers,
    ...(version === undefined ? {} : { body: new URLSearchParams({ version }) }),
  });
  return { status: answer.status, body: JSON.parse(await answer.text()) };
}
const jobs = async () => (await service.send('GET /api/v1/jobs')).body.items;

describe('the routes of the older server', () => {
  it('show the registries of their host alone', async () => {
    const both = {
      '1': expect.objectContaining({ name: 'registry5000' }),
      '2': expect.objectContaining({ name: 'registry5001' }),
    };
    expect(await ask('GET', '/')).toEqual({ status: 200, body: both });
    expect(await ask('GET', '/registry')).toEqual({ status: 200, body: both });
    expect((await ask('GET', '/registry/registry5001')).body).toEqual({
      '1': { id: expect.any(String), name: 'registry5001', port: '5001', version: '32' },
    });
  });

  it('know exact names alone', async () => {
    for (const name of ['registry', 'registry500', 'registry5002', 'registry5000 ', '..%2fregistry5000', '%2e%2a']) {
      expect([name, await ask('GET', `/registry/${encodeURIComponent(name)}`)]).toEqual([
        name,
        { status: 200, body: {} },
      ]);
      for (const method of ['PUT', 'DELETE']) {
        const { status } = await ask(
          method,
          `/registry/${encodeURIComponent(name)}`,
          method === 'PUT' ? '31' : undefined,
        );
        expect([method, name, status]).toEqual([method, name, 404]);
      }
    }
    expect(await jobs()).toEqual([]);
  });

  it('make nothing of a version but a number that there is', async () => {
    const made = at('made');
    for (const version of [
      '',
      '34',
      '-31',
      '31.0',
      '0x1f',
      '31 32',
      `31; touch ${made}`,
      `$(touch ${made})`,
      `31\n--privileged`,
      '9'.repeat(10_000),
    ]) {
      for (const [method, path] of [
        ['POST', '/'],
        ['POST', '/registry'],
        ['PUT', '/registry/registry5000'],
      ] as const) {
        const { status, body } = await ask(method, path, version);
        expect([method, version.slice(0, 40), status]).toEqual([method, version.slice(0, 40), 400]);
        expect(body).toEqual({ message: { version: 'version should be 31 32 or 33' } });
      }
    }
    expect((await ask('POST', '/', undefined)).status).toBe(400);
    expect([existsSync(made), await jobs(), readFileSync(at('registries.yaml'), 'utf8')]).toEqual([
      false,
      [],
      registries,
    ]);
  });

  it('are for programs: a page of a browser gets nothing and changes nothing', async () => {
    for (const headers of [
      { Origin: 'https://evil.example.com' },
      { Origin: 'null' },
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-origin' },
    ] as Record<string, string>[]) {
      for (const [method, path] of [
        ['GET', '/'],
        ['POST', '/'],
        ['PUT', '/registry/registry5000'],
        ['DELETE', '/registry/registry5000'],
      ] as const) {
        const { status } = await ask(method, path, method === 'POST' || method === 'PUT' ? '31' : undefined, headers);
        expect([headers, method, status]).toEqual([headers, method, 403]);
      }
    }
    expect(await jobs()).toEqual([]);
  });

  it('do what their account may, and nothing when it is disabled', async () => {
    await service.send('POST /api/v1/users', { name: 'carol', password: 'correct horse battery', admin: true });
    const { status } = await service.send('PATCH /api/v1/users/anna', { disabled: true }, [
      'carol',
      'correct horse battery',
    ]);
    expect(status).toBe(200);
    const refused = await ask('POST', '/', '31');
    expect([refused.status, refused.body.message]).toEqual([503, expect.stringMatching(/the account anna/)]);
  });

  it('need a word of their own to listen for others', async () => {
    const { serviceOptions } = await import('../../src/service/config/service-options.js');
    const given = { site: at('site.yaml'), older_listen: '0.0.0.0:8081', older_host: 'web1', older_account: 'anna' };
    expect(() => serviceOptions(given, {}, undefined)).toThrow(/older/);
  });
});
