import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ScriptedAnswer, type SeenRequest, scriptedRegistry } from '../../../test/kit/scripted-registry.js';
import { type MadeImage, makeImage } from '../../../test/registry/archives/make-image.js';
import { openRegistry } from '../client/open.js';
import type { WantedImages } from '../lists/image-list.js';
import { type SyncOptions, syncImages } from './sync-images.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'provision-target-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const image = makeImage({ layers: ['content'] });
const wantedOf = (repository: string): WantedImages => ({
  source: undefined,
  repository,
  target: repository,
  targetRegistry: undefined,
  tags: [{ tag: '1', digest: undefined, targetTag: undefined }],
  patterns: undefined,
  platforms: undefined,
  attachments: 'none',
  place: undefined,
});

/** Answers of a registry that has an image in every repository. */
function has({ raw, blobs }: MadeImage) {
  return ({ url }: SeenRequest): ScriptedAnswer | undefined => {
    const digest = /\/blobs\/(sha256:[0-9a-f]+)$/.exec(url)?.[1];
    const blob = [...blobs].find(([name]) => name === digest)?.[1];
    if (blob !== undefined) return { body: Buffer.from(blob) };
    if (!url.includes('/manifests/')) return undefined;
    const headers = { 'content-type': raw.mediaType, 'docker-content-digest': raw.digest };
    return { headers, body: Buffer.from(raw.bytes) };
  };
}

/** Syncs to a registry that answers by a script. Each run has the journal of the one before. */
async function sync(
  wanted: readonly WantedImages[],
  script: (request: SeenRequest) => ScriptedAnswer | undefined,
  options: Partial<SyncOptions> = {},
) {
  const [from, to] = await Promise.all([scriptedRegistry(has(image)), scriptedRegistry(script)]);
  const source = openRegistry({ host: from.host });
  const target = openRegistry({ host: to.host, tries: 1 });
  try {
    const [outcome] = await syncImages({
      wanted,
      sourceOf: () => source,
      targets: [target],
      journalOf: () => join(folder, 'journal'),
      ...options,
    });
    return {
      images: outcome?.report.images ?? [],
      notices: outcome?.report.notices,
      seen: to.seen.map(({ method, url }) => `${method} ${url}`),
    };
  } finally {
    await Promise.all([source.close(), target.close(), from.close(), to.close()]);
  }
}

test('an image of which verification failed in being asked was unchanged in the next run', async () => {
  const whole = has(image);
  const broken = (request: SeenRequest) => (request.url.includes('/blobs/') ? { status: 500 } : whole(request));
  const [first] = (await sync([wantedOf('a')], broken, { verify: 'deep' })).images;
  expect(first?.state).toBe('failed');
  const lost = ({ method, url }: SeenRequest): ScriptedAnswer | undefined => {
    if (method === 'POST') return { status: 202, headers: { location: `${url}1` } };
    if (method === 'PUT') return { status: 201 };
    return url.includes('/blobs/') ? { status: 404 } : whole({ method, url, headers: {}, bytes: Buffer.alloc(0) });
  };
  const { seen } = await sync([wantedOf('a')], lost, { verify: 'none' });
  expect(seen.filter((line) => line.startsWith('PUT /v2/a/blobs/'))).toHaveLength(2);
});

test('a blob of another length at the target was a lost connection, five times', async () => {
  const layer = [...image.blobs.keys()].find((digest) => digest !== image.raw.digest);
  const whole = has(image);
  const short = (request: SeenRequest): ScriptedAnswer | undefined => {
    if (request.method === 'HEAD' && request.url.includes('/blobs/')) return { status: 404 };
    if (request.method === 'PUT') return { status: 201 };
    if (request.method === 'POST') return { status: 202, headers: { location: `${request.url}1` } };
    if (layer === undefined || !request.url.endsWith(layer)) return whole(request);
    return { headers: { 'content-length': '3' }, body: 'bad' };
  };
  const { images, seen } = await sync([wantedOf('a')], short, { verify: 'deep' });
  expect(images[0]).toMatchObject({ state: 'failed', error: { kind: 'corrupt' } });
  expect(images[0]?.error?.message).toContain('it has 3 bytes there, not ');
  expect(seen.filter((line) => line === `GET /v2/a/blobs/${layer}`).length).toBeLessThan(4);
});

test.each([405, 500, 501])('a mount that is refused with %i made the image fail', async (status) => {
  const written = new Set<string>();
  const { images } = await sync(
    [wantedOf('a'), wantedOf('b')],
    ({ method, url }) => {
      if (method === 'POST' && url.includes('mount=')) return { status };
      if (method === 'POST') return { status: 202, headers: { location: `${url}1` } };
      if (method === 'PUT') written.add(url.split('?')[0] ?? '');
      if (method === 'PUT') return { status: 201 };
      return url.includes('/tags/list') || !url.includes('/manifests/') ? { status: 404 } : undefined;
    },
    { verify: 'none' },
  );
  expect(images.map(({ state }) => state)).toEqual(['copied', 'copied']);
  expect([...written].filter((path) => path.includes('/manifests/'))).toHaveLength(2);
});

test.each([
  ['linux/arm64', ['a:1 is for linux/amd64 alone, not for linux/arm64']],
  ['linux/amd64', []],
])('an image for one platform was copied for %s without a note', async (platform, notes) => {
  const { images, notices } = await sync(
    [{ ...wantedOf('a'), platforms: [platform] }],
    ({ method, url }) => {
      if (method === 'POST') return { status: 202, headers: { location: `${url}1` } };
      return method === 'PUT' ? { status: 201 } : undefined;
    },
    { verify: 'none' },
  );
  expect(images[0]?.state).toBe('copied');
  expect(notices).toEqual(notes);
});
