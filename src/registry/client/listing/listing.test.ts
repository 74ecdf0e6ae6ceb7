import { expect, test } from 'vitest';
import { openScripted } from '../../../../test/kit/open-scripted.js';

test.each([
  ['http of a registry behind TLS', 'http://registry.example/v2/a/tags/list?last=1&n=1000'],
  ['a name that is known only there', 'http://nexus.internal:8081/v2/a/tags/list?last=1&n=1000'],
  ['a port that is not open', 'https://127.0.0.1:1/v2/a/tags/list?last=1&n=1000'],
  ['a path', '/v2/a/tags/list?last=1&n=1000'],
  ['a query', '?last=1&n=1000'],
])('the next page was not had from a Link with %s', async (_, link) => {
  const { registry, requests } = await openScripted(({ url }) =>
    url.includes('last=1')
      ? { body: { tags: ['2'] } }
      : { headers: { link: `<${link}>; rel="next"` }, body: { tags: ['1'] } },
  );
  expect(await registry.tags('a')).toEqual(['1', '2']);
  expect(requests()).toEqual(['GET /v2/a/tags/list?n=1000', 'GET /v2/a/tags/list?last=1&n=1000']);
});

test.each<[string, unknown, string]>([
  ['an error', { errors: [{ code: 'DENIED', message: 'log in' }] }, ': DENIED: log in'],
  ['an empty object', {}, ': {}'],
  ['another list', { repositories: ['a'] }, ': {"repositories":["a"]}'],
  ['a list alone', ['1'], ': 1'],
  ['a page', '<html><title>Log in</title></html>', ': Log in'],
  ['nothing', '', ''],
])('%s with status 200 was an empty list of tags', async (_, body, reason) => {
  const { registry, server } = await openScripted(() => ({ body }));
  await expect(registry.tags('a')).rejects.toMatchObject({
    message: `could not list the tags of ${server.host}/a: the answer is not a list of tags${reason}`,
  });
});

test('null is an empty list', async () => {
  const { registry } = await openScripted(() => ({ body: { name: 'a', tags: null } }));
  expect(await registry.tags('a')).toEqual([]);
});

test('a catalogue that is refused with 405 was told as a registry that takes no changes', async () => {
  const { registry } = await openScripted(() => ({ status: 405 }));
  await expect(registry.repositories()).rejects.toMatchObject({ kind: 'unsupported', hint: undefined });
});

test('where there is no catalogue, the error says so', async () => {
  const { registry, server } = await openScripted(() => undefined);
  await expect(registry.repositories()).rejects.toMatchObject({
    message: `could not list the repositories of ${server.host}: the registry has no catalogue`,
    hint: 'name the repositories: this registry does not list them',
  });
});
