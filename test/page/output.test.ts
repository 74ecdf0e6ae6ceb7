import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestService } from '../service/service-kit.js';
import { closeBrowser, reader } from './browser-kit.js';
import { openCutWay, serviceOfFolders, writeLongOutput } from './work-kit.js';

/* Output of a job in a browser: as long as it likes, cut as often as it likes. */

const lines = 100_000;
let folder = '';
let service: TestService;
let job = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'output-'));
  service = await serviceOfFolders(folder, {
    tasks: [{ name: 'write', file: { path: '/a', content: 'a' } }],
    hosts: ['web1'],
  });
  const wait = { Prefer: 'wait=60' };
  job = (await service.send('POST /api/v1/jobs', { kind: 'provision' }, undefined, wait)).body.id;
  writeLongOutput(service, job, lines);
});

afterAll(async () => {
  await closeBrowser();
  await service.close();
  rmSync(folder, { recursive: true, force: true });
});

const frame = 'section.output-frame';
/** Returns the rows that are in the document, by their places. */
const rowsIn = async (page: Page) =>
  await page
    .locator(`${frame} li`)
    .evaluateAll((all) =>
      all.map((row) => [Number(row.getAttribute('aria-posinset')), row.textContent ?? ''] as const),
    );

test('100,000 lines come each once and in order though the stream is cut, and only those in view are in the document', async () => {
  const way = await openCutWay(service.url);
  const { page, open, complaints, close } = await reader(service);
  // The cut connections are what the browser complains about.
  await page.goto(`${way.url}/jobs/${job}`);
  for (let cuts = 0; cuts < 3; cuts += 1) {
    await page.waitForTimeout(1500);
    way.cut();
  }
  const status = page.locator('main [role=status]', { hasText: 'lines' });
  await status.filter({ hasText: /^100,00\d lines/ }).waitFor({ timeout: 100_000 });
  await page.getByLabel('Order').selectOption('time');
  await status.filter({ hasText: /^100,00\d lines found/ }).waitFor();
  for (const share of [0, 0.37, 0.999]) {
    await page.locator(frame).evaluate((element, part) => {
      element.scrollTop = element.scrollHeight * part;
    }, share);
    await expect
      .poll(async () => {
        const [first] = await rowsIn(page);
        return first !== undefined && Math.abs(first[0] / lines - share) < 0.01;
      })
      .toBe(true);
    const rows = await rowsIn(page);
    expect(rows.length).toBeLessThan(120);
    // The first lines are of the run: all others are as many places behind.
    const numbers = rows.flatMap(([place, text]) => {
      const number = /line (\d+) of the copy/.exec(text)?.[1];
      return number === undefined ? [] : [place - Number(number)];
    });
    expect(new Set(numbers).size).toBe(1);
    expect(numbers.length).toBeGreaterThan(20);
  }
  expect(complaints.filter((text) => !text.includes('ERR_'))).toEqual([]);
  await page.goto('about:blank');
  way.close();
  await open('/');
  await close();
});

test('the output is searched, folded, and followed until somebody scrolls up', async () => {
  const { page, open, expectWell, close } = await reader(service);
  await open(`/jobs/${job}`);
  await page.locator('main [role=status]', { hasText: /^100,00\d lines/ }).waitFor({ timeout: 100_000 });
  const follow = page.getByRole('button', { name: 'Follow the end' });
  await page.getByRole('button', { name: 'Open all' }).click();
  await follow.click();
  await expect.poll(async () => (await rowsIn(page)).at(-1)?.[1]).toContain('line 100000 of the copy');
  expect(await follow.getAttribute('aria-pressed')).toBe('true');
  await page.locator(frame).focus();
  await page.keyboard.press('PageUp');
  await expect.poll(async () => await follow.getAttribute('aria-pressed')).toBe('false');
  await page.getByLabel('Search the output').fill('line 77777 of');
  await page.locator('main [role=status]', { hasText: '1 line found' }).waitFor();
  expect((await rowsIn(page)).map(([, text]) => text)).toEqual(['web1 · copy line 77777 of the copy']);
  await page.getByLabel('Search the output').fill('');
  await page.getByRole('button', { name: 'Close all' }).click();
  await expect.poll(async () => (await rowsIn(page)).length).toBe(2);
  await expectWell();
  await close();
});

test('without a script the last lines are there as text', async () => {
  const { page, open, close } = await reader(service, { script: false });
  await open(`/jobs/${job}`);
  const text = await page.locator('pre.output-plain').innerText();
  expect(text).toContain('line 100000 of the copy');
  expect(text.split('\n').length).toBeLessThan(250);
  await close();
});
