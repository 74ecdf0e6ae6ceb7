import { expect, test } from 'vitest';
import { readText } from '../../../test/kit/lists/read-text.js';

test('our own list has limits for registries, by any of their names, or for all', async () => {
  const { list } = await readText(
    'registries:\n  index.docker.io: {rate: 2, reserve: 20}\n  "*": {bandwidth: 1.5}\nimages: [a:1]\n',
  );
  expect(list?.limits).toEqual({ 'docker.io': { rate: 2, reserve: 20 }, '*': { bandwidth: 1.5 } });
  expect((await readText('images: [a:1]\n')).list?.limits).toBeUndefined();
});

test('what is wrong with limits has its place', async () => {
  const { errors } = await readText('registries:\n  r.test: {rate: 0, conections: 2}\n  "a b": {}\nimages: [a:1]\n');
  expect(errors).toMatchInlineSnapshot(`
    "2:18 registries.r.test.rate: must be above 0, found number 0
    2:21 registries.r.test: unknown key "conections" (did you mean "connections"? expected rate, connections, bandwidth or reserve)
    3:3 registries: "a b" cannot be a key: must be host or host:port, or "*""
  `);
});

test('limits of a list of regsync were ignored, and so was fastCheck', async () => {
  const { list } = await readText(`
creds:
  - {registry: docker.io, reqPerSec: 0.5, reqConcurrent: 3}
  - {registry: quay.io, reqPerSec: 0}
defaults:
  ratelimit: {min: 60, retry: 15m}
  fastCheck: true
sync:
  - {source: docker.io/library/a:1, target: r.test/a:1, type: image, ratelimit: {min: 100}}
  - {source: docker.io/library/b:1, target: r.test/b:1, type: image, referrers: true, fastCheck: false}
  - {source: docker.io/library/c:1, target: r.test/c:1, type: image, referrers: false, digestTags: false}
`);
  expect(list?.limits).toEqual({ '*': { reserve: 100 }, 'docker.io': { rate: 0.5, connections: 3 } });
  expect(list?.wanted.map(({ attachments }) => attachments)).toEqual(['once', 'all', 'none']);
  expect(list?.notices).toEqual([]);
});
