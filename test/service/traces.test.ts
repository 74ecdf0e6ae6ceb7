import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { admin, type TestService, testService } from './service-kit.js';

interface SentSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
}

let receiver: Server;
let url = '';
let spans: SentSpan[] = [];
const services: unknown[] = [];
let service: TestService | undefined;
beforeEach(async () => {
  spans = [];
  receiver = createServer(async (request, response) => {
    const sent = JSON.parse(await text(request));
    for (const { resource, scopeSpans } of sent.resourceSpans) {
      services.push(resource.attributes.find(({ key }: { key: string }) => key === 'service.name')?.value.stringValue);
      spans.push(...scopeSpans.flatMap((scope: { spans: SentSpan[] }) => scope.spans));
    }
    response.setHeader('Content-Type', 'application/json');
    response.end('{}');
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/v1/traces`;
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await service?.close();
  service = undefined;
  await new Promise((resolve) => receiver.close(resolve));
});

it('traces have requests below those who asked, jobs, and requests to registries', async () => {
  vi.stubEnv('OTEL_BSP_SCHEDULE_DELAY', '100');
  service = await testService({ traces_endpoint: url });
  const caller = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
  await service.send('GET /api/v1/users/anna', undefined, admin, caller);
  const job = (
    await service.send('POST /api/v1/jobs', { kind: 'reconcile', registry: 'local' }, admin, { Prefer: 'wait=30' })
  ).body;
  await vi.waitFor(() => {
    expect(spans.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['GET /api/v1/users/:name', 'job reconcile', 'GET registry']),
    );
  }, 20_000);
  const [asked] = spans.filter(({ name }) => name === 'GET /api/v1/users/:name');
  expect(asked).toMatchObject({ traceId: '0af7651916cd43dd8448eb211c80319c', parentSpanId: 'b7ad6b7169203331' });
  const [ofJob] = spans.filter(({ name }) => name === 'job reconcile');
  expect(ofJob?.attributes).toContainEqual({ key: 'provision.job.id', value: { stringValue: job.id } });
  expect(JSON.stringify(spans)).not.toMatch(/correct horse|eyJ|access_token/);
  expect(new Set(services)).toEqual(new Set(['provision']));
});

it('traces are asked for by the variables of OpenTelemetry, and switched off by them', async () => {
  vi.stubEnv('OTEL_BSP_SCHEDULE_DELAY', '100');
  vi.stubEnv('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', url);
  vi.stubEnv('OTEL_SERVICE_NAME', 'registries of the north');
  services.length = 0;
  service = await testService({ registry: false });
  await vi.waitFor(() => expect(services).toContain('registries of the north'), 20_000);
  await service.close();
  vi.stubEnv('OTEL_SDK_DISABLED', 'true');
  spans = [];
  service = await testService({ registry: false });
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(spans).toEqual([]);
});
