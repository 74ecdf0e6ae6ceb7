import { expect, it } from 'vitest';
import { readRedirect } from './read-redirect.js';
import { redirectText } from './write-redirect.js';

const base = { repository: 'zoo', 'repo-registry-id': 'redhat/zoo', url: 'http://cdn.example.com/zoo/bar' };
const files = {
  1: { version: 1, ...base, images: [{ id: 'abc123' }, { id: 'def456' }], tags: { latest: 'abc123' } },
  2: { version: 2, ...base, protected: true },
  3: { version: 3, ...base, schema2_data: ['sha256:a1', 'latest'] },
  4: {
    version: 4,
    ...base,
    schema2_data: ['1.25.1-musl'],
    manifest_list_data: ['latest'],
    manifest_list_amd64_tags: { latest: ['sha256:c5', 1] },
  },
};
const read = (value: unknown) => readRedirect(JSON.stringify(value), 'app/zoo.json');

it.each(Object.values(files))('a file of version $version is written as it was read', (file) => {
  const redirect = read(file);
  const text = redirectText(redirect);
  expect(readRedirect(text, 'zoo.json')).toEqual(redirect);
  expect(JSON.parse(text)).toEqual({ type: 'pulp-docker-redirect', protected: false, ...file });
});

it('an error names the file, and the key', () => {
  const errors = [
    '{"version":',
    '[]',
    JSON.stringify(base),
    ...[
      { ...base, version: -1 },
      { ...base, version: 'four' },
      { ...base, version: 5 },
      { ...files[1], images: undefined },
      { ...files[1], images: [{ id: 'a' }, {}] },
      { ...files[1], tags: ['latest'] },
      { ...files[1], tags: { latest: 7 } },
      { ...files[2], url: undefined },
      { ...files[2], url: 'cdn.example.com' },
      { ...files[2], url: 'https://cdn.example.com/\r\nSet-Cookie: a' },
      { ...files[2], repository: '../other' },
      { ...files[2], protected: 'yes' },
      { ...files[3], schema2_data: 'latest' },
      { ...files[4], manifest_list_amd64_tags: { latest: ['sha256:c5', 3] } },
    ].map((each) => JSON.stringify(each)),
  ].map((text) => {
    try {
      return `none: ${JSON.stringify(readRedirect(text, 'app/zoo.json'))}`;
    } catch (error) {
      return String((error as Error).message).replace(/ at position.*|: Unexpected.*/, ': …');
    }
  });
  expect(errors).toMatchInlineSnapshot(`
    [
      "app/zoo.json: no JSON that can be read: …",
      "app/zoo.json: a JSON object is expected",
      "app/zoo.json: "version" is missing",
      "app/zoo.json: metadata version -1 not supported",
      "app/zoo.json: metadata version "four" not supported",
      "app/zoo.json: metadata version 5 not supported",
      "app/zoo.json: "images" is missing",
      "app/zoo.json: "images.1.id": a text is expected",
      "app/zoo.json: "tags": an object is expected",
      "app/zoo.json: "tags.latest": the id of an image is expected",
      "app/zoo.json: "url" is missing",
      "app/zoo.json: "url": an address is expected: https://cdn.example.com/team/web/",
      "app/zoo.json: "url": an address is expected: https://cdn.example.com/team/web/",
      "app/zoo.json: "repository": the name of one folder is expected",
      "app/zoo.json: "protected": true or false is expected",
      "app/zoo.json: "schema2_data": expected a list",
      "app/zoo.json: "manifest_list_amd64_tags.latest": a digest and 1 or 2 are expected",
    ]
  `);
});

it('names of tags that objects inherit are names as any other', () => {
  const tags = JSON.parse('{"constructor": "abc123", "__proto__": "def456"}');
  const redirect = readRedirect(
    JSON.stringify({ ...files[1] }).replace(/"tags":\{.*?\}/, `"tags":${JSON.stringify(tags)}`),
    'x',
  );
  expect(redirect.version === 1 && Object.keys(redirect.tags)).toEqual(['constructor', '__proto__']);
});
