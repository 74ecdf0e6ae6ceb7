import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import { checkout } from '../kit/provision.js';
import { testService } from './service-kit.js';

const text = readFileSync(`${checkout}/docs/reference/openapi.json`, 'utf8');
const document = JSON.parse(text);
type Operation = { readonly operationId: string; readonly summary?: string };
const operations = Object.entries<Record<string, Operation>>(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
);

test('the description of the API is OpenAPI 3.1, each operation with a name of its own and a summary', async () => {
  expect(await new Validator().validate(structuredClone(document))).toEqual({ valid: true });
  expect(document.openapi).toMatch(/^3\.1\./);
  expect(operations.filter(({ summary }) => summary === undefined)).toEqual([]);
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
});

test('a service describes the routes that it has, and no others', async () => {
  const service = await testService({ registry: false });
  try {
    const { status, body } = await service.send('GET /api/v1/openapi.json', undefined, null);
    expect([status, body]).toEqual([200, document]);
    const described = operations.map(({ path, method }) => `${method.toUpperCase()} ${path}`);
    const routes = service.routes
      .filter(({ method }) => method !== 'HEAD')
      .map(({ method, url }) => `${method} ${url.replaceAll(/:(\w+)/g, '{$1}').replace('*', '{*}')}`);
    expect(routes.toSorted()).toEqual(described.toSorted());
  } finally {
    await service.close();
  }
});
