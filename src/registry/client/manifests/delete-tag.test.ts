import { expect, test } from 'vitest';
import { openScripted } from '../../../../test/kit/open-scripted.js';

test.each([
  400, 404, 405, 415, 501,
])('a tag that cannot be deleted by name (%i), where deleting by digest works', async (status) => {
  const { registry } = await openScripted(({ method, url }) => {
    if (method === 'GET') return { body: { schemaVersion: 2, manifests: [] } };
    return { status: url.includes('sha256:') ? 404 : status };
  });
  expect(await registry.deleteTag('a', '1')).toBe(false);
});

test.each([
  403, 409, 422,
])('a tag whose deletion is UNSUPPORTED, with the status %i, is deleted by digest', async (status) => {
  const { registry } = await openScripted(({ url }) =>
    url.includes('sha256:') ? { status: 404 } : { status, body: { errors: [{ code: 'UNSUPPORTED' }] } },
  );
  expect(await registry.deleteTag('a', '1')).toBe(false);
});

test.each([405, 501])('a registry that deletes nothing (%i) says so, and no tag is moved', async (status) => {
  const { registry, requests } = await openScripted(() => ({ status }));
  await expect(registry.deleteTag('a', '1')).rejects.toMatchObject({
    kind: 'read-only',
    message: expect.stringMatching(/^could not delete the tag .*: the registry does not delete$/),
    hint: expect.stringContaining('storage.delete.enabled'),
  });
  expect(requests().map((line) => line.split(' ')[0])).toEqual(['DELETE', 'DELETE']);
});

test('a tag that is not there is not there', async () => {
  const { registry } = await openScripted(() => undefined);
  await expect(registry.deleteTag('a', '1')).rejects.toMatchObject({ kind: 'not-found' });
});
