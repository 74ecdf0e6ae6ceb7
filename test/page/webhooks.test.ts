import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestService, testService } from '../service/service-kit.js';
import { closeBrowser, reader, windows } from './browser-kit.js';

/* Pages of webhooks, in a real browser, with a receiver that takes and refuses. */

const answer = '<script>alert("from the receiver")</script>';

let service: TestService;
let receiver: Server;
let url: string;
let status = 200;

beforeAll(async () => {
  receiver = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(status, { 'Content-Type': 'text/html' }).end(answer));
  });
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  service = await testService({ registry: false, webhook_allow: ['127.0.0.1'] });
});

afterAll(async () => {
  await closeBrowser();
  await service.close();
  receiver.close();
});

test('a webhook is made with its secret shown once, tested, given another secret, turned off, deleted', async () => {
  const { page, open, expectWell, picture, complaints, close } = await reader(service);
  await open('/webhooks');
  await page.getByText('There are no webhooks yet').waitFor();
  await page.getByRole('main').getByRole('link', { name: 'New webhook' }).first().click();
  await page.getByLabel('Name', { exact: true }).fill('ci');
  await page.getByLabel('Address').fill('http://169.254.169.254/latest');
  await page.getByLabel('tag pushed or moved').check();
  await page.getByRole('button', { name: 'Make the webhook' }).click();
  await page.getByRole('alert').waitFor();
  await page.getByLabel('Address').fill(url);
  await page.getByRole('button', { name: 'Add a header' }).click();
  await page.getByLabel('Header', { exact: true }).fill('Authorization');
  await page.getByLabel('Value').fill('Bearer of-the-receiver');
  await page.getByRole('button', { name: 'Make the webhook' }).click();
  const secret = (await page.locator('code.secret').textContent()) ?? '';
  expect(secret).toMatch(/^whsec_/);
  await expectWell();
  await page.getByRole('button', { name: 'I have kept it' }).click();
  await page.getByRole('button', { name: 'Send a test' }).waitFor();
  expect(page.url()).toMatch(/\/webhooks\/[^/]+$/);
  expect(await page.content()).not.toContain(secret);

  await page.getByRole('button', { name: 'Send a test' }).click();
  await page.waitForURL(/delivery=/);
  await page.getByText('HTTP 200').waitFor();
  expect(await page.getByText(answer).count()).toBe(1);
  expect(await page.content()).not.toContain('Bearer of-the-receiver');
  await expectWell();
  await picture('webhook');

  await page.getByRole('button', { name: 'New secret' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'New secret' }).click();
  const next = page.locator('code.secret');
  await next.waitFor();
  expect(await next.textContent()).not.toBe(secret);
  await page.getByRole('button', { name: 'Disable' }).click();
  await page.getByRole('button', { name: 'Enable' }).waitFor();
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByLabel('Type ci to go on').fill('ci');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/webhooks');
  await page.getByText('There are no webhooks yet').waitFor();
  expect(complaints).toEqual([]);
  await close();
});

test('a message that was refused shows each try, and is sent again', async () => {
  status = 410;
  const { body: made } = await service.send('POST /api/v1/webhooks', { name: 'gone {{x}} <b>', url });
  const prefer = { Prefer: 'wait=10' };
  const sent = await service.send(`POST /api/v1/webhooks/${made.id}/test`, undefined, undefined, prefer);
  for (const window of windows) {
    const { open, expectWell, picture, close } = await reader(service, window);
    await open('/webhooks');
    await expectWell();
    await open(`/webhooks/${made.id}?delivery=${sent.body.id}`);
    await expectWell();
    await picture('webhook-refused');
    await close();
  }
  const { page, open, close } = await reader(service);
  status = 200;
  await open(`/webhooks/${made.id}?delivery=${sent.body.id}`);
  await page.getByText('HTTP 410').first().waitFor();
  const enable = page.getByRole('button', { name: 'Enable' });
  if ((await enable.count()) > 0) await enable.click();
  await page.getByRole('button', { name: 'Send again' }).click();
  await expect
    .poll(async () => {
      await page.getByRole('button', { name: 'Refresh' }).click();
      return await page.getByText('HTTP 200').count();
    })
    .toBeGreaterThan(0);
  await close();
});
