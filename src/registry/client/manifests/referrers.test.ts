import { expect, test } from 'vitest';
import { openScripted } from '../../../../test/kit/open-scripted.js';
import type { ScriptedAnswer } from '../../../../test/kit/scripted-registry.js';
import { referrersTag } from '../../attached-tags.js';
import { digestOf } from '../../digest.js';
import { mediaTypes } from '../../media-types.js';

const subject = digestOf(Buffer.from('subject'));
const referrer = (name: string) => ({
  mediaType: mediaTypes.ociManifest,
  digest: digestOf(Buffer.from(name)),
  size: 4,
});
const list = (names: readonly string[] | null, headers: ScriptedAnswer['headers'] = {}): ScriptedAnswer => ({
  headers: { 'content-type': mediaTypes.ociIndex, ...headers },
  body: { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: names === null ? null : names.map(referrer) },
});

test('of referrers in pages, the first page alone was taken', async () => {
  const { registry, requests } = await openScripted(({ url }) => {
    const at = new URL(url, 'http://x').searchParams.get('last');
    if (at === null) return list(['one'], { link: `<http://internal.example${url}?last=1>; rel="next"` });
    return at === '1' ? list(['two'], { link: '<?last=2>; rel=next' }) : list(['three']);
  });
  expect(await registry.referrersByApi('a', subject)).toEqual(['one', 'two', 'three'].map(referrer));
  expect(requests()).toEqual(['', '?last=1', '?last=2'].map((query) => `GET /v2/a/referrers/${subject}${query}`));
});

test.each([
  'application/json',
  'text/plain; charset=utf-8',
  '',
  'Application/Vnd.OCI.Image.Index.v1+JSON; charset=utf-8',
])('a list of referrers of the type %j was no list, without a word', async (type) => {
  const { registry } = await openScripted(() => list(['one'], { 'content-type': type }));
  expect(await registry.referrersByApi('a', subject)).toEqual([referrer('one')]);
});

test.each(['', '<html>', '{}'])('a list that is %j made the image fail', async (body) => {
  const { registry, notices } = await openScripted(({ url }) =>
    url.includes('/referrers/') ? { headers: { 'content-type': mediaTypes.ociIndex }, body } : { body },
  );
  expect(await registry.referrers('a', subject)).toEqual([]);
  expect(notices.length).toBe(body === '{}' ? 0 : 2);
});

test('a 404 of one repository was taken for all', async () => {
  const { registry } = await openScripted(({ url }) => (url.includes('/v2/b/') ? { status: 404 } : list(['one'])));
  await registry.referrersByApi('a', subject);
  expect(await registry.referrersByApi('b', subject)).toBeUndefined();
  expect(await registry.referrersByApi('c', subject)).toEqual([referrer('one')]);
});

test('pages that repeat come to an end', async () => {
  const { registry, server, notices } = await openScripted(({ url }) =>
    list(['one'], { link: `<${url}>; rel="next"` }),
  );
  expect(await registry.referrersByApi('a', subject)).toBeUndefined();
  expect(server.seen.length).toBe(2);
  expect(notices.join()).toContain('its pages repeat at');
});

test('null is an empty list', async () => {
  const { registry } = await openScripted(() => list(null));
  expect(await registry.referrersByApi('a', subject)).toEqual([]);
});

test.each([400, 404, 405, 406, 501])('%i says that there is no such API, and the tag is read', async (status) => {
  const { registry, notices, requests } = await openScripted(({ url }) =>
    url.includes('/referrers/') ? { status } : list(['one']),
  );
  expect(await registry.referrers('a', subject)).toEqual([referrer('one')]);
  expect(await registry.referrers('a', subject)).toEqual([referrer('one')]);
  const tag = `GET /v2/a/manifests/${referrersTag(subject)}`;
  expect(requests()).toEqual([`GET /v2/a/referrers/${subject}`, tag, tag]);
  expect(notices).toEqual([]);
});

test.each<[string, ScriptedAnswer, string]>([
  ['401', { status: 401 }, '401'],
  ['403', { status: 403, body: { message: 'no plan for this' } }, '403 no plan for this'],
  ['500', { status: 500, body: 'oops' }, '500 oops'],
  [
    'a redirect to another scheme',
    { status: 303, headers: { location: 'ftp://x/' } },
    'the redirect is no address of http or https: "ftp://x/"',
  ],
])('referrers that are refused by %s made the image fail', async (_, answer, reason) => {
  const { registry, notices } = await openScripted(({ url }) => (url.includes('/referrers/') ? answer : undefined));
  expect(await registry.referrers('a', subject)).toEqual([]);
  expect(await registry.referrers('a', subject)).toEqual([]);
  expect(notices).toEqual([
    `could not list the referrers of HOST/a@${subject}: ${reason}; they are looked for by their tag, and those that have none are left out`,
  ]);
});

test('a lost connection is no refusal', async () => {
  const { registry, server } = await openScripted(() => undefined);
  await server.close();
  await expect(registry.referrers('a', subject)).rejects.toThrow('connection refused');
});
