import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestService } from '../service/service-kit.js';
import { closeBrowser, reader, windows } from './browser-kit.js';
import { serviceOfFolders } from './work-kit.js';

/* Hosts, jobs, schedules and registries in a browser: looked at, started, ended, refused. */

const hostile = '<img src=x onerror=alert(1)> \u202e"\'&';
let folder = '';
let service: TestService;
let check = '';
let schedule = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'work-'));
  service = await serviceOfFolders(folder, {
    tasks: [{ name: hostile, file: { path: '/etc/motd', content: '<script>alert(1)</script>\n' } }],
  });
  const job = { kind: 'check', reason: hostile };
  check = (await service.send('POST /api/v1/jobs', job, undefined, { Prefer: 'wait=60' })).body.id;
  const body = { name: hostile, cron: '0 3 * * *', job: { kind: 'check' } };
  schedule = (await service.send('POST /api/v1/schedules', body)).body.id;
  await service.send('POST /api/v1/users', { name: 'eve', password: 'correct horse battery' });
});

afterAll(async () => {
  await closeBrowser();
  await service.close();
  rmSync(folder, { recursive: true, force: true });
});

const pages = () => [
  '/',
  '/hosts',
  '/hosts/web1',
  '/jobs',
  `/jobs/${check}`,
  '/jobs/new',
  '/registries',
  '/registries/local',
  '/registries/new',
  '/retention',
  '/schedules',
  '/schedules/new',
  `/schedules/${schedule}`,
];

describe.each(windows)('$scheme, $width wide', (window) => {
  test('all pages of hosts and work are well, and show hostile names as text', async () => {
    const { open, page, expectWell, picture, close } = await reader(service, window);
    for (const path of pages()) {
      await open(path);
      await expectWell();
      expect(await page.locator('main img').count()).toBe(0);
      await picture(`work${path.replaceAll(/[^a-z]+/g, '-').slice(0, 20)}`);
    }
    await close();
  }, 600_000);
});

test('a job is tried, started and carried out from its form, and its plan by one press', async () => {
  const { page, open, complaints, close } = await reader(service);
  await open('/jobs/new');
  await page.getByLabel('Hosts', { exact: true }).fill('nobody');
  await page.getByRole('button', { name: 'Try first: nothing is changed' }).click();
  await page.getByRole('alert').filter({ hasText: 'nobody' }).waitFor();
  await page.getByLabel('Hosts', { exact: true }).fill('web2');
  await page.getByRole('button', { name: 'Try first: nothing is changed' }).click();
  await page.locator('.job-progress .badge', { hasText: 'differs' }).waitFor({ timeout: 60_000 });
  await page.locator('.job-progress a').click();
  await page.getByRole('heading', { name: 'Check web2' }).waitFor();
  await page.getByRole('button', { name: 'Carry out just this' }).click();
  await page.getByRole('heading', { name: 'Provision web2' }).waitFor();
  await page.locator('h1 .badge', { hasText: 'changed' }).waitFor({ timeout: 60_000 });
  expect(readFileSync(join(folder, 'web2/etc/motd'), 'utf8')).toContain('<script>');
  expect(complaints).toEqual([]);
  await close();
});

test('jobs are filtered without a script', async () => {
  const { page, open, close } = await reader(service, { script: false });
  await open('/jobs');
  await page.getByLabel('Kind', { exact: true }).selectOption('backup');
  await page.getByRole('button', { name: 'Filter' }).click();
  expect(new URL(page.url()).searchParams.get('kind')).toBe('backup');
  await page.getByText('No job is like that').waitFor();
  await close();
});

test('a schedule is made by the keyboard, refused where it is wrong, switched off, changed and deleted', async () => {
  const { page, open, complaints, close } = await reader(service);
  await open('/schedules/new');
  await page.getByLabel('Name', { exact: true }).focus();
  await page.keyboard.type('nightly');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Control+A');
  await page.keyboard.type('61 * * * *');
  await page.getByText('It cannot be read').waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('alert').waitFor();
  await expect.poll(async () => await page.locator(':focus').getAttribute('name')).toBe('cron');
  await page.keyboard.press('Control+A');
  await page.keyboard.type('30 4 * * 1');
  expect(await page.locator('[role=status] li').count()).toBe(3);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/schedules');
  await page.getByRole('button', { name: 'Switch off nightly' }).click();
  await page.getByRole('button', { name: 'Switch on nightly' }).click();
  await page.getByRole('link', { name: 'nightly' }).click();
  await page.getByLabel('Jobs start only in a window').check();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.waitForURL('**/schedules');
  await page.getByRole('link', { name: 'nightly' }).click();
  expect(await page.getByLabel('Jobs start only in a window').isChecked()).toBe(true);
  await page.getByRole('button', { name: 'Delete the schedule' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete the schedule' }).click();
  await page.waitForURL('**/schedules');
  await expect.poll(async () => await page.getByRole('link', { name: 'nightly' }).count()).toBe(0);
  expect(complaints).toEqual([]);
  await close();
});

test('a registry that cannot be made is refused at its field', async () => {
  const { page, open, close } = await reader(service);
  await open('/registries/new');
  await page.getByLabel('Host', { exact: true }).selectOption('web1');
  await page.getByLabel('Port', { exact: true }).fill('70000');
  await page.getByRole('button', { name: 'Make the plan' }).click();
  await page.getByRole('alert').waitFor();
  await expect.poll(async () => await page.locator(':focus').getAttribute('name')).toBe('port');
  await page.getByLabel('Port', { exact: true }).fill('5005');
  await page.getByLabel('Other settings').fill('not JSON');
  await page.getByRole('button', { name: 'Make the plan' }).click();
  await expect.poll(async () => await page.locator(':focus').getAttribute('name')).toBe('settings');
  await page.getByLabel('Other settings').fill('');
  await page.getByRole('button', { name: 'Make the plan' }).click();
  await page.getByRole('alert').filter({ hasText: 'registry-setup' }).waitFor({ timeout: 60_000 });
  await close();
});

test('rules of retention are previewed, and go on as a schedule', async () => {
  const { page, open, complaints, close } = await reader(service);
  await open('/retention');
  await page.getByRole('button', { name: 'Show what stays and what goes' }).click();
  await page.getByRole('alert').waitFor();
  await page.getByLabel('The newest of each repository').fill('3');
  await page.getByRole('button', { name: 'Show what stays and what goes' }).click();
  await page.getByRole('heading', { name: 'Preview' }).waitFor();
  expect(new URL(page.url()).searchParams.get('newest')).toBe('3');
  await page.getByRole('link', { name: 'Make a schedule of it' }).click();
  expect(await page.getByLabel('The newest of each repository').inputValue()).toBe('3');
  expect(complaints).toEqual([]);
  await close();
});

test('who has no right to hosts sees none, and no jobs of others', async () => {
  const { page, open, close } = await reader(service, { as: ['eve', 'correct horse battery'] });
  await open('/hosts');
  await page.getByText('There are no hosts for your account').waitFor();
  await open(`/jobs/${check}`);
  await page.getByRole('heading', { name: 'There is nothing here' }).waitFor();
  await open('/hosts/web1');
  await page.getByRole('heading', { name: 'There is nothing here' }).waitFor();
  await close();
});

test('all of it speaks German too', async () => {
  const { page, open, close } = await reader(service, { language: 'de' });
  for (const [path, title] of [
    ['/jobs', 'Aufträge'],
    ['/schedules/new', 'Zeitplan anlegen'],
    ['/retention', 'Aufbewahrung'],
    ['/registries/new', 'Registry anlegen'],
  ] as const) {
    await open(path);
    expect(await page.locator('h1').innerText()).toBe(title);
  }
  await close();
});
