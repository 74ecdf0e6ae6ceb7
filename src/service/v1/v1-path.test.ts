import { expect, it } from 'vitest';
import { isV1Path } from './v1-path.js';

it('takes nothing of a registry away', () => {
  const paths = ['/v1/', '/v1', '/v1?x', '/v1/_ping', '/v1/search?q=a', '/_ping', '/_ping/', '/_ping?x'];
  expect(paths.filter((path) => !isV1Path(path))).toEqual([]);
  const others = [
    '/',
    '/v2/',
    '/v2/v1/manifests/1',
    '/v10/',
    '/_pinged',
    '/_provision/gc',
    '/metrics',
    '/x/v1/',
    undefined,
  ];
  expect(others.filter((path) => isV1Path(path))).toEqual([]);
});
