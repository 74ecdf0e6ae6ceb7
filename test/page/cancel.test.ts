import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { holding, runLock } from '../kit/vitest/holding.js';
import type { TestService } from '../service/service-kit.js';
import { closeBrowser, reader } from './browser-kit.js';
import { serviceOfFolders } from './work-kit.js';

// The job works on this machine itself.
holding(runLock);

let folder = '';
let service: TestService;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cancel-'));
  service = await serviceOfFolders(folder, {
    tasks: [{ name: 'wait', command: { cmd: 'sleep 90', always: true } }],
    hosts: ['web1'],
    machine: 'web1',
  });
});

afterAll(async () => {
  await closeBrowser();
  await service.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a job that runs is cancelled, and the second time ended at once; another waits for it meanwhile, and says so', async () => {
  const first = (await service.send('POST /api/v1/jobs', { kind: 'provision' })).body.id;
  const { page, open, expectWell, complaints, close } = await reader(service);
  await open(`/jobs/${first}`);
  await page.locator('.output-head', { hasText: 'under way' }).waitFor({ timeout: 60_000 });
  const second = (await service.send('POST /api/v1/jobs', { kind: 'provision' })).body.id;
  await open(`/jobs/${second}`);
  await page.getByText('It waits for web1: another job works there.').waitFor();
  expect(await page.getByRole('link', { name: first.slice(0, 8) }).getAttribute('href')).toBe(`/jobs/${first}`);
  await expectWell();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).first().click();
  await page.locator('h1 .badge', { hasText: 'cancelled' }).waitFor({ timeout: 60_000 });

  await open(`/jobs/${first}`);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).first().click();
  await page.getByRole('button', { name: 'End at once' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'End at once' }).click();
  await page.locator('h1 .badge', { hasText: 'cancelled' }).waitFor({ timeout: 60_000 });
  expect(complaints).toEqual([]);
  await close();
}, 300_000);
