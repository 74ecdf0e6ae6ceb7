import { expect, test } from 'vitest';
import { routeOf, type ServerRoute } from './route.js';

const hex = 'a'.repeat(64);
const digest = `sha256:${hex}`;

test.each([
  ['/v2/', { kind: 'base' }],
  ['/', { kind: 'health' }],
  ['/healthz', { kind: 'storage-health' }],
  ['/readyz', { kind: 'storage-health' }],
  ['/metrics', { kind: 'metrics' }],
  ['/v2/token', { kind: 'token' }],
  ['/v2/_catalog', { kind: 'catalog' }],
  ['/v2/a/b/tags/list', { kind: 'tags', name: 'a/b' }],
  ['/v2/a/manifests/1.0', { kind: 'manifest', name: 'a', reference: { kind: 'tag', tag: '1.0' } }],
  [`/v2/a/manifests/sha256%3A${hex}`, { kind: 'manifest', name: 'a', reference: { kind: 'digest', digest } }],
  [`/v2/a/blobs/${digest}`, { kind: 'blob', name: 'a', digest }],
  ['/v2/a/blobs/uploads/', { kind: 'uploads', name: 'a' }],
  ['/v2/a/blobs/uploads', { kind: 'uploads', name: 'a' }],
  [
    '/v2/a/blobs/uploads/00000000-0000-4000-8000-000000000000',
    { kind: 'upload', name: 'a', id: '00000000-0000-4000-8000-000000000000' },
  ],
  [`/v2/a/referrers/${digest}`, { kind: 'referrers', name: 'a', digest }],
  // Names whose parts are the protocol's words.
  [
    '/v2/manifests/manifests/manifests',
    { kind: 'manifest', name: 'manifests', reference: { kind: 'tag', tag: 'manifests' } },
  ],
  ['/v2/blobs/uploads/tags/list', { kind: 'tags', name: 'blobs/uploads' }],
  [`/v2/tags/list/blobs/${digest}`, { kind: 'blob', name: 'tags/list', digest }],
])('%s', (path, route) => {
  expect(routeOf(path, '/metrics')).toEqual(route);
});

test.each([
  '/v2/A/tags/list',
  '/v2/../../etc/tags/list',
  '/v2/a/%2e%2e/%2e%2e/b/manifests/x',
  '/v2/a/_uploads/tags/list',
  '/v2/a%00b/tags/list',
  '/v2/a//b/tags/list',
  `/v2/${'a/'.repeat(130)}a/tags/list`,
  '/v2/a/manifests/x%2fy',
  '/v2/a/blobs/sha256:..%2f..%2fdata',
  '/v2/a/blobs/uploads/..%2f..%2fx',
  '/v2/a/blobs/uploads/not-an-id',
  '/v2/%zz/tags/list',
  '/etc/passwd',
])('%s leads nowhere', (path) => {
  expect(routeOf(path, '/metrics').kind).toBe('refused');
});

test.each([
  '/v2/a/manifests/..',
  `/v2/a/manifests/${'t'.repeat(129)}`,
  '/v2/a/manifests/.INVALID_MANIFEST_NAME',
  '/v2/a/manifests/sha256:..',
])('%s is no reference: nothing is there, and nothing is put there', (path) => {
  const { unlessPut, answer } = routeOf(path, '/metrics') as Extract<ServerRoute, { kind: 'refused' }>;
  expect([unlessPut?.status, String(unlessPut?.body), answer.status]).toEqual([
    404,
    expect.stringContaining('MANIFEST_UNKNOWN'),
    400,
  ]);
});
