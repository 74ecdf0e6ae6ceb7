import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestService } from '../service/service-kit.js';
import { closeBrowser, reader, windows } from './browser-kit.js';
import { serviceOfFolders } from './work-kit.js';

/* A registry's life in a browser: planned, made, changed, deleted; and a host that is mended. */

let folder = '';
let service: TestService;
const patient = { timeout: 60_000 };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'registries-'));
  service = await serviceOfFolders(folder, {
    tasks: [{ name: 'write', file: { path: '/etc/motd', content: 'hello\n' } }],
    hosts: ['web1'],
    roles: ['registry-setup'],
  });
});

afterAll(async () => {
  await closeBrowser();
  await service.close();
  rmSync(folder, { recursive: true, force: true });
});

const registriesFile = () => readFileSync(join(folder, 'registries.yaml'), 'utf8');

test('a host that differs is mended by two presses', async () => {
  const { page, open, complaints, close } = await reader(service);
  await open('/hosts/web1');
  await page.getByRole('button', { name: 'Make the plan' }).click();
  await page.locator('.plan-host', { hasText: 'hello' }).waitFor(patient);
  await page.getByRole('button', { name: 'Carry out just this' }).click();
  await page.locator('h1 .badge', { hasText: 'as wanted' }).waitFor(patient);
  expect(readFileSync(join(folder, 'web1/etc/motd'), 'utf8')).toBe('hello\n');
  expect(complaints).toEqual([]);
  await close();
}, 300_000);

test('a registry is planned, made, changed, and deleted when its name is typed', async () => {
  const { page, open, complaints, close } = await reader(service);
  await open('/registries/new');
  await page.getByLabel('Host', { exact: true }).selectOption('web1');
  await page.getByLabel('Port', { exact: true }).fill('5005');
  await page.getByRole('button', { name: 'Make the plan' }).click();
  await page.getByRole('button', { name: 'Make it' }).waitFor(patient);
  expect(registriesFile).toThrow('ENOENT');
  await page.getByRole('button', { name: 'Make it' }).click();
  await page.getByRole('heading', { name: 'Provision registry5005' }).waitFor();
  await page.locator('h1 .badge', { hasText: 'changed' }).waitFor(patient);
  expect(registriesFile()).toContain('5005');

  await open('/registries/registry5005/change');
  await page.getByRole('button', { name: 'Make the plan' }).click();
  await page.getByRole('alert').filter({ hasText: 'Nothing was changed' }).waitFor();
  await page.getByLabel('Read-only').uncheck();
  await page.getByRole('button', { name: 'Make the plan' }).click();
  await page.getByRole('button', { name: 'Carry it out' }).waitFor(patient);
  await page.getByRole('button', { name: 'Carry it out' }).click();
  await page.getByRole('heading', { name: 'Provision registry5005' }).waitFor();
  await page.locator('h1 .badge', { hasText: 'changed' }).waitFor(patient);
  expect(registriesFile()).not.toContain('read_only: true');

  for (const window of windows) {
    const other = await reader(service, window);
    await other.open('/registries/registry5005');
    await other.expectWell();
    await other.picture('registry');
    await other.close();
  }

  await open('/registries/registry5005');
  await page.getByRole('button', { name: 'Delete the registry' }).click();
  const dialog = page.getByRole('dialog');
  const confirm = dialog.getByRole('button', { name: 'Delete the registry' });
  expect(await confirm.isDisabled()).toBe(true);
  await dialog.getByLabel('Type its name').fill('registry5005');
  await confirm.click();
  await page.waitForURL('**/jobs/*');
  await page.locator('h1 .badge', { hasText: 'changed' }).waitFor(patient);
  await open('/registries');
  expect(await page.getByRole('link', { name: 'registry5005' }).count()).toBe(0);
  expect(complaints).toEqual([]);
  await close();
}, 600_000);

test('what a registry has is compared, and its garbage collection is tried first', async () => {
  const { page, open, complaints, close } = await reader(service);
  await open('/registries/local');
  await page.getByRole('button', { name: 'Reconcile now' }).click();
  await page.getByText('repositories were compared').waitFor();
  await page.getByRole('button', { name: 'Try first: nothing is deleted' }).first().click();
  await page.locator('.job-progress .badge', { hasText: /^(ok|differs|changed)$/ }).waitFor(patient);
  expect(complaints).toEqual([]);
  await close();
}, 300_000);
