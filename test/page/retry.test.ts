import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestService } from '../service/service-kit.js';
import { closeBrowser, reader } from './browser-kit.js';
import { serviceOfFolders } from './work-kit.js';

/* Jobs in a browser that begin with values of roles, and such that go on where they failed. */

let folder = '';
let service: TestService;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'retry-'));
  service = await serviceOfFolders(folder, {
    tasks: [{ name: 'a folder', file: { path: '/srv/here/note', content: 'hello\n' } }],
    roles: ['nfs-export'],
  });
});

afterAll(async () => {
  await closeBrowser();
  await service.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a job is given values of roles by their fields; one that cannot be is told at its field', async () => {
  const { page, open, expectWell, complaints, picture, close } = await reader(service);
  await open('/jobs/new');
  await page.getByLabel('Kind', { exact: true }).selectOption('check');
  await page.getByRole('button', { name: 'Show what the roles take' }).click();
  const role = page.locator('details.role-fields').filter({ hasText: 'nfs-export' });
  await role.locator('summary').click({ timeout: 60_000 });
  const exports = role.getByLabel('nfs_exports', { exact: true });
  await exports.fill('{"path": 5}');
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await role.getByText('expected a list, found a map').waitFor();
  await expectWell();
  expect(await role.locator('code').count()).toBeGreaterThan(0);
  expect(await role.getByText('`').count()).toBe(0);
  await picture('work-role-fields');
  await exports.fill('[{"path": "/srv/share", "clients": [{"host": "10.0.0.0/8"}]}]');
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.waitForURL(/\/jobs\/[0-9a-f-]{36}/);
  await page.locator('h1 .badge', { hasText: /differs|failed|unreachable|partly/ }).waitFor({ timeout: 60_000 });
  const id = page.url().split('/').at(-1);
  const { body } = await service.send(`GET /api/v1/jobs/${id}`);
  expect(body.options.variables.nfs_exports).toEqual([{ path: '/srv/share', clients: [{ host: '10.0.0.0/8' }] }]);
  expect(complaints).toEqual([]);
  await close();
});

test('a job that failed on one host goes on there, once what was in its way is gone', async () => {
  mkdirSync(join(folder, 'web2/srv'), { recursive: true });
  writeFileSync(join(folder, 'web2/srv/here'), 'in the way');
  const job = { kind: 'provision', skipTags: ['nfs-export'] };
  const first = await service.send('POST /api/v1/jobs', job, undefined, { Prefer: 'wait=60' });
  expect(first.body, JSON.stringify(first.body)).toMatchObject({ result: 'partly' });
  rmSync(join(folder, 'web2/srv/here'));
  const { page, open, expectWell, picture, close } = await reader(service);
  await open(`/jobs/${first.body.id}`);
  await expectWell();
  await picture('work-job-partly');
  await page.getByRole('button', { name: 'Run again where it failed' }).click();
  await page.getByRole('heading', { name: 'Provision web2' }).waitFor();
  await page.locator('h1 .badge', { hasText: 'changed' }).waitFor({ timeout: 60_000 });
  expect(readFileSync(join(folder, 'web2/srv/here/note'), 'utf8')).toBe('hello\n');
  await page.getByRole('link', { name: first.body.id.slice(0, 8) }).waitFor();
  await close();
});
