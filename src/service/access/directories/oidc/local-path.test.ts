import { expect, it } from 'vitest';
import { localPath } from './local-path.js';

it.each([
  '/',
  '/x',
  '/x/y?z=1#a',
  '/api/v1/session',
  '/x?next=//evil.example',
  '/%5C%5Cevil.example',
])('keeps %s', (path) => {
  expect(localPath(path)).toBe(path);
});

it.each([
  undefined,
  '',
  'x',
  'https://evil.example/',
  '//evil.example',
  '///evil.example',
  '/\\evil.example',
  '/x\\y',
  '/\tx',
  '/\n/evil.example',
  '/..//evil.example',
  '/.//evil.example',
  '/x/..//evil.example',
  '/%2e%2e//evil.example',
  '/ü',
  `/${'x'.repeat(2000)}`,
])('leads %j to the first page', (path) => {
  expect(localPath(path)).toBe('/');
});
