import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type PostgresServer, startPostgres } from './postgres-kit.js';
import { startReceiver } from './receiver-kit.js';
import { admin, type TestService, testService } from './service-kit.js';

let folder = '';
let service: TestService | undefined;
let postgres: PostgresServer | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'metrics-'));
});
afterEach(async () => {
  await service?.close();
  await postgres?.stop();
  [service, postgres] = [undefined, undefined];
  await rm(folder, { recursive: true, force: true });
});

const sampleOf = (text: string, line: string) =>
  text
    .split('\n')
    .find((each) => each.startsWith(`${line} `))
    ?.split(' ')
    .at(-1);

describe('the metrics of a service', () => {
  it('are for administrators, and for whoever shows their token', async () => {
    const token = 'b7e1c0a95d3f4e62';
    writeFileSync(join(folder, 'token'), `${token}\n`);
    service = await testService({ registry: false, metrics_token_file: join(folder, 'token') });
    const { send } = service;
    await send('POST /api/v1/users', { name: 'bob', password: 'hunter2 hunter2' });
    const asks = [null, ['bob', 'hunter2 hunter2'], 'Bearer wrong', `Bearer ${token}`, admin] as const;
    const answers = await Promise.all(asks.map((as) => send('GET /metrics', undefined, as)));
    expect(answers.map(({ status }) => status)).toEqual([401, 403, 401, 200, 200]);
    expect(answers[3]?.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect((await send('GET /api/v1/users', undefined, `Bearer ${token}`)).status).toBe(401);
  });

  it('have what became of each try of a webhook', async () => {
    const receiver = await startReceiver();
    try {
      service = await testService({ registry: false, webhook_allow: ['127.0.0.1'] });
      const { send } = service;
      const made = await send('POST /api/v1/webhooks', { name: 'ci', url: receiver.url });
      const down = await send('POST /api/v1/webhooks', { name: 'down', url: 'http://127.0.0.1:1/' });
      for (const { body } of [made, down]) await send(`POST /api/v1/webhooks/${body.id}/test`, {});
      const counted = async () => {
        const { body } = await send('GET /metrics');
        return ['delivered', 'failed'].map((result) =>
          sampleOf(body, `provision_webhook_tries_total{result="${result}"}`),
        );
      };
      await vi.waitFor(async () => expect(await counted()).toEqual(['1', '1']), { timeout: 10_000, interval: 200 });
    } finally {
      await receiver.close();
    }
  });

  it('may be open on loopback alone', async () => {
    service = await testService({ registry: false, metrics: 'open' });
    expect((await service.send('GET /metrics', undefined, null)).status).toBe(200);
    await expect(
      testService({ registry: false, metrics: 'open', listen: '0.0.0.0:0', trusted_proxy: true }),
    ).rejects.toThrow(/--metrics open: whoever reaches the service/);
    writeFileSync(join(folder, 'short'), 'abc\n');
    await expect(testService({ registry: false, metrics_token_file: join(folder, 'short') })).rejects.toThrow(
      /at least 16 characters/,
    );
  });

  it.each(['sqlite', 'postgres'])('count what happens, by names that nobody makes up: %s', async (kind) => {
    postgres = kind === 'postgres' ? await startPostgres() : undefined;
    const database = await postgres?.database();
    service = await testService(database === undefined ? {} : { database });
    const { send, token } = service;
    await token('service=local&scope=repository:team/app:pull', admin);
    await token('service=local', ['anna', 'wrong']);
    await send('GET /api/v1/users/anna');
    await send('GET /api/v1/users/somebody-else');
    await send('GET /no/such/path');
    const job = (
      await send('POST /api/v1/jobs', { kind: 'reconcile', registry: 'local' }, admin, { Prefer: 'wait=30' })
    ).body;
    expect(job.state).toBe('done');
    const { body } = await send('GET /metrics');
    expect(body).not.toMatch(/somebody-else|no\/such|anna/);
    const found = [
      'provision_http_requests_total{method="GET",route="/api/v1/users/:name",status="200"}',
      'provision_http_requests_total{method="GET",route="/api/v1/users/:name",status="404"}',
      'provision_http_requests_total{method="any",route="none",status="404"}',
      'provision_tokens_total{result="issued"}',
      'provision_tokens_total{result="refused"}',
      'provision_logins_refused_total{at="token"}',
      `provision_jobs_ended_total{kind="reconcile",result="${job.result}"}`,
      'provision_jobs{state="running"}',
      'provision_index_entries{of="tags"}',
      'provision_drift_hosts{state="differs"}',
      'provision_replicas{state="differ"}',
    ].map((line) => [line, sampleOf(body, line)]);
    expect(found).toEqual(found.map(([line], at) => [line, at < 7 ? '1' : '0']));
    expect(Number(sampleOf(body, 'provision_reconcile_age_seconds{registry="local"}'))).toBeGreaterThanOrEqual(0);
    expect(Number(sampleOf(body, 'process_resident_memory_bytes'))).toBeGreaterThan(1e7);
    expect(body).toContain('provision_event_loop_lag_seconds{quantile="0.99"}');
  });
});

describe('the health of a service', () => {
  it('has each part with what to do, for administrators', async () => {
    service = await testService({
      registries: [{ name: 'away', host: '127.0.0.1:1', read_only: false }],
      site: write('site.yaml', '- {hosts: all, tasks: [{file: {path: 5}}]}\n'),
      inventory: [write('inventory.yaml', 'all: {hosts: {web1: {connection: local}}}\n')],
      drift_every: 0,
    });
    expect((await service.send('GET /api/v1/health', undefined, null)).status).toBe(401);
    const { body } = await service.send('GET /api/v1/health');
    expect(body.status).toBe('failing');
    const of = (name: string, subject: string | null = null) =>
      body.checks.find(
        (check: { name: string; subject: string | null }) => check.name === name && check.subject === subject,
      );
    expect(of('database')).toMatchObject({ status: 'ok', hint: null });
    expect(of('jobs')).toMatchObject({ status: 'ok' });
    expect(of('disk', service.folder)).toMatchObject({ detail: expect.stringMatching(/ are free$/) });
    expect(of('certificate', 'the authority of tokens')).toMatchObject({ status: 'ok' });
    expect(of('site')).toMatchObject({ status: 'failing', hint: expect.stringMatching(/^Mend the site/) });
    expect(
      body.checks.filter(
        (check: { subject: string; status: string }) => check.subject === 'away' && check.status === 'failing',
      ),
    ).not.toEqual([]);
  });
});

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}
