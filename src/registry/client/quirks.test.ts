import { Readable } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openScripted } from '../../../test/kit/open-scripted.js';
import {
  loopbackCertificate,
  type ScriptedAnswer,
  type SeenRequest,
  scriptedRegistry,
} from '../../../test/kit/scripted-registry.js';
import { digestOf } from '../digest.js';
import { rawManifest } from '../manifest.js';
import { mediaTypes } from '../media-types.js';

/*
 * Quirks of servers by their names, as public reports have them, each once. What is behind a quirk is tried beside the
 * code that knows it, with its neighbours.
 */
const raw = rawManifest(
  Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [] })),
);
const bytes = Buffer.alloc(200_000, 'layer');
const blob = { digest: digestOf(bytes), size: bytes.length };
const content = async (from: number) => Readable.from([bytes.subarray(from)], { objectMode: false });
const manifest: ScriptedAnswer = {
  headers: { 'content-type': raw.mediaType, 'docker-content-digest': raw.digest },
  body: Buffer.from(raw.bytes),
};
const begun: ScriptedAnswer = { status: 202, headers: { location: '/v2/a/blobs/uploads/1' } };
const tags = (...names: string[]): ScriptedAnswer => ({ body: { tags: names } });

describe('Docker Hub', () => {
  test('counts pulls, says when none are left, and not when there are more', async () => {
    const { registry, notices } = await openScripted(() => ({
      ...manifest,
      headers: {
        'content-type': raw.mediaType,
        'docker-content-digest': raw.digest,
        'ratelimit-limit': '100;w=21600',
        'ratelimit-remaining': '0;w=21600',
      },
    }));
    expect((await registry.head('a', '1'))?.digest).toBe(raw.digest);
    expect(notices).toEqual([
      'HOST: its quota (100 in 6 h) is used up, going on with fewer requests at a time; with an account there may be more',
    ]);
  });

  test('answers a wrong password of its token server with `details`', async () => {
    const { registry, server } = await openScripted(({ url }) =>
      url.startsWith('/token')
        ? { status: 401, body: { details: 'incorrect username or password' } }
        : { status: 401, headers: { 'www-authenticate': `Bearer realm="/token",service="registry.docker.io"` } },
    );
    await expect(registry.tags('a')).rejects.toThrow('incorrect username or password');
    expect(server.seen.some(({ url }) => url.includes('service=registry.docker.io'))).toBe(true);
  });
});

test('Quay lists fifty tags a page, whatever is asked for, and links to the next by a token', async () => {
  const { registry } = await openScripted(({ url }) =>
    url.includes('next_page=abc')
      ? tags('2')
      : { ...tags('1'), headers: { link: '</v2/a/tags/list?n=50&next_page=abc>; rel="next"' } },
  );
  expect(await registry.tags('a')).toEqual(['1', '2']);
});

describe('ECR', () => {
  test('answers PATCH with 201', async () => {
    const { registry, server } = await openScripted(({ method }) =>
      method === 'POST' ? begun : { ...begun, status: 201 },
    );
    await registry.putBlob('a', blob, content, { chunkSize: 100_000 });
    expect(server.seen.map(({ method }) => method)).toContain('PATCH');
  });

  test('makes no repository by itself, and is asked once', async () => {
    const { registry, requests } = await openScripted(() => ({
      status: 404,
      body: { errors: [{ code: 'NAME_UNKNOWN', message: "The repository with name 'a' does not exist" }] },
    }));
    await expect(registry.putBlob('a', blob, content)).rejects.toMatchObject({
      message: expect.stringContaining("The repository with name 'a' does not exist"),
      hint: expect.stringContaining('create the repository'),
    });
    expect(requests()).toHaveLength(1);
  });

  test('refuses an immutable tag without `detail`', async () => {
    const message =
      "The image tag '1' already exists in the 'a' repository and cannot be overwritten because the tag is immutable.";
    const { registry } = await openScripted(() => ({
      status: 400,
      body: { errors: [{ code: 'TAG_INVALID', message }] },
    }));
    await expect(registry.putManifest('a', '1', raw)).rejects.toThrow(message);
  });
});

test('Google has one error where the specification has a list', async () => {
  const { registry } = await openScripted(() => ({
    status: 403,
    body: {
      error: {
        code: 403,
        message: 'Permission "artifactregistry.repositories.uploadArtifacts" denied',
        status: 'PERMISSION_DENIED',
      },
    },
  }));
  await expect(registry.putManifest('a', '1', raw)).rejects.toThrow('Permission "artifactregistry.repositories');
});

test('ACR behind a gateway links to a host of its own', async () => {
  const { registry } = await openScripted(({ url }) =>
    url.includes('last=1')
      ? tags('2')
      : { ...tags('1'), headers: { link: '<https://internal.azurecr.test/v2/a/tags/list?last=1>; rel="next"' } },
  );
  expect(await registry.tags('a')).toEqual(['1', '2']);
});

describe('GHCR', () => {
  test('says by X-RateLimit headers and 403 that nothing is left, without Retry-After', async () => {
    const { registry, requests } = await openScripted(() => {
      if (requests().length > 1) return manifest;
      const reset = String(Math.ceil(Date.now() / 1000) + 1);
      const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset };
      return { status: 403, headers, body: { message: 'API rate limit exceeded' } };
    });
    expect((await registry.head('a', '1'))?.digest).toBe(raw.digest);
    expect(requests()).toHaveLength(2);
  });

  test('takes parts of four MiB at most, and says so with 416', async () => {
    const most = 100_000;
    const taken: SeenRequest[] = [];
    const { registry } = await openScripted((request) => {
      if (request.method === 'POST') return begun;
      if (request.bytes.length > most) return { status: 416, body: 'body exceeds 4.00MiB' };
      taken.push(request);
      return request.method === 'PUT' ? { status: 201 } : begun;
    });
    await registry.putBlob('a', blob, content);
    expect(Buffer.concat(taken.map((request) => request.bytes)).equals(bytes)).toBe(true);
  });
});

test('GitLab says when there is more by the time, not by seconds', async () => {
  const { registry, notices } = await openScripted(() => ({
    ...manifest,
    headers: {
      'content-type': raw.mediaType,
      'docker-content-digest': raw.digest,
      'ratelimit-limit': '60',
      'ratelimit-remaining': '0',
      'ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 1),
    },
  }));
  await registry.head('a', '1');
  expect(notices.join()).toMatch(/its quota \(60\) is used up, waiting [12](?:\.\d)? s/);
});

test('Harbor locks a repository while it collects garbage, with 503 and words', async () => {
  let asked = 0;
  const { registry } = await openScripted(
    () => {
      asked += 1;
      return asked === 1
        ? { status: 503, headers: { 'retry-after': '0' }, body: { errors: [{ code: 'DENIED', message: 'read only' }] } }
        : { status: 201 };
    },
    { tries: 2 },
  );
  await registry.putManifest('a', '1', raw);
  expect(asked).toBe(2);
});

describe('Nexus', () => {
  test('answers HEAD with 404 for what its GET has', async () => {
    const { registry } = await openScripted(({ method, url }) => {
      if (url.includes('/tags/list')) return tags('1');
      return method === 'HEAD' ? { status: 404 } : manifest;
    });
    expect((await registry.head('a', '1'))?.digest).toBe(raw.digest);
  });

  test('links to plain http behind a proxy of TLS', async () => {
    const { registry } = await openScripted(({ url }) =>
      url.includes('last=1')
        ? tags('2')
        : { ...tags('1'), headers: { link: '<http://nexus.internal:8081/v2/a/tags/list?last=1>; rel="next"' } },
    );
    expect(await registry.tags('a')).toEqual(['1', '2']);
  });
});

test('Artifactory sends no digest with a manifest: it is computed', async () => {
  const { registry } = await openScripted(({ method }) =>
    method === 'HEAD'
      ? { headers: { 'content-type': raw.mediaType } }
      : { ...manifest, headers: { 'content-type': raw.mediaType } },
  );
  expect((await registry.head('a', '1'))?.digest).toBe(raw.digest);
});

test('Pulp sends readers of manifests and blobs on, and does not want the account there', async () => {
  const { registry, server } = await openScripted(
    ({ url, headers }) => {
      if (url.startsWith('/pulp/content/')) return headers.authorization === undefined ? manifest : { status: 400 };
      return headers.authorization === undefined
        ? { status: 401, headers: { 'www-authenticate': 'Basic realm="pulp"' } }
        : { status: 302, headers: { location: `http://localhost:${server.host.split(':')[1]}/pulp/content/1` } };
    },
    { credentials: async () => ({ username: 'ada', password: 'secret' }) },
  );
  expect((await registry.manifest('a', '1'))?.digest).toBe(raw.digest);
});

test('a proxy that sends plain http on to https keeps the account within its host', async () => {
  const certificate = await loopbackCertificate();
  const secure = await scriptedRegistry(
    ({ headers }) =>
      headers.authorization === undefined
        ? { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }
        : tags('1'),
    certificate,
  );
  onTestFinished(() => secure.close());
  const { registry } = await openScripted(
    ({ url }) => ({ status: 301, headers: { location: `${secure.url}${url}` } }),
    {
      trust: { scheme: 'http', ca: certificate.ca },
      credentials: async () => ({ username: 'ada', password: 'secret' }),
    },
  );
  expect(await registry.tags('a')).toEqual(['1']);
});

test('docker-registry deletes by digest alone', async () => {
  const { registry } = await openScripted(({ method, url }) => {
    if (method === 'DELETE') return { status: url.includes('sha256:') ? 202 : 405 };
    return manifest;
  });
  expect(await registry.deleteTag('a', '1')).toBe(false);
  await registry.deleteManifest('a', raw.digest);
});
