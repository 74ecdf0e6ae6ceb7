import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { ContentReader } from '../../src/registry/admin/content-reader.js';
import { createdOf } from '../../src/registry/admin/created-of.js';
import { inspectImage } from '../../src/registry/admin/inspect-image.js';
import { repositoryContents } from '../../src/registry/admin/repository-contents.js';
import { type OpenedRegistry, openRegistry, type RegistryOptions } from '../../src/registry/client/open.js';
import { syncImages } from '../../src/registry/copy/sync-images.js';
import { type Digest, digestOf } from '../../src/registry/digest.js';
import type { WantedImages } from '../../src/registry/lists/image-list.js';
import { parsePattern } from '../../src/registry/lists/pattern.js';
import { type RawManifest, rawManifest } from '../../src/registry/manifest.js';
import { mediaTypes } from '../../src/registry/media-types.js';
import { RegistryError } from '../../src/registry/registry-error.js';
import { serveRegistry } from '../../src/registry/server/serve.js';
import {
  loopbackCertificate,
  type ScriptedAnswer,
  type SeenRequest,
  type ServerCertificate,
  scriptedRegistry,
} from '../kit/scripted-registry.js';

/*
 * What a registry says is hostile: names in its listings, addresses in its headers, types in its manifests. A wrong one is
 * named and left out; nothing that a source says chooses where at the target is written, or leads elsewhere.
 */

/** Names that are no tags; each would be another request if it stood in a URL as it is. */
const notTags = [
  '../../../prod/app/manifests/latest',
  '../manifests/latest',
  '..',
  '.',
  '',
  'a/b',
  'a\\..\\b',
  'latest?digest=sha256:00',
  'latest#fragment',
  '%2e%2e%2f%2e%2e%2fprod',
  '..%2f..%2fprod%2fapp%2fmanifests%2flatest',
  'latest\r\nHost: elsewhere.example',
  'latest\nFAKE: ok (1 image)',
  'latest\u0000',
  'latest\u001b[2K',
  'latest ',
  ' latest',
  'lat\u202eest',
  'lаtest', // A Cyrillic letter.
  '１.0', // A full-width digit.
  '-1.0',
  '.hidden',
  'a'.repeat(129),
  'sha256:0000000000000000000000000000000000000000000000000000000000000000',
  '@sha256:00',
  '$(touch pwned)',
  '`touch pwned`',
  '$&',
  'a;b',
  "a'b",
  'a"b',
  'a:b',
];

const notRepositories = [
  '../prod/app',
  'team/../prod/app',
  '/prod/app',
  'prod//app',
  'prod/app/',
  'prod/app?x=y',
  'prod/app#x',
  'prod%2fapp',
  'Prod/app',
  'prod/app:latest',
  'prod/app@sha256:00',
  'prod app',
  'prod/app pull repository:secret',
  'prod\\app',
  'prod/.app',
  'prod/app-',
  'a'.repeat(256),
  'prod/app\n',
  'prod/аpp',
  '{repository}',
  '_catalog',
];

function open(t: { host: string }, options: Partial<RegistryOptions> = {}): OpenedRegistry {
  const registry = openRegistry({ host: t.host, tries: 1, ...options });
  onTestFinished(() => registry.close());
  return registry;
}

async function scripted(script: (request: SeenRequest) => ScriptedAnswer | undefined, certificate?: ServerCertificate) {
  const server = await scriptedRegistry(script, certificate);
  onTestFinished(() => server.close());
  return server;
}

async function errorOf(work: () => Promise<unknown>): Promise<RegistryError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof RegistryError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('names in listings', () => {
  test('tags that are none are left out and named, the others are listed', async () => {
    const notices: string[] = [];
    const server = await scripted(({ url }) =>
      url.startsWith('/v2/team/web/tags/list') ? { body: { tags: [...notTags, '1.0', null, 7, {}, 'v2'] } } : {},
    );
    const registry = open(server, { notice: (line) => notices.push(line) });
    expect(await registry.tags('team/web')).toEqual(['1.0', 'v2']);
    expect(notices.map((line) => line.replace(server.host, 'HOST'))).toEqual([
      `${notTags.length + 3} of the tags of HOST/team/web are left out, as the specification allows no such name: ` +
        `"../../../prod/app/manifests/latest", "../manifests/latest", ".." and ${notTags.length} more`,
    ]);
    expect((await registry.tagsPage('team/web'))?.tags).toEqual(['1.0', 'v2']);
  });

  test('so are repositories of a catalogue', async () => {
    const notices: string[] = [];
    const server = await scripted(({ url }) =>
      url.startsWith('/v2/_catalog') ? { body: { repositories: ['team/web', ...notRepositories] } } : {},
    );
    const registry = open(server, { notice: (line) => notices.push(line) });
    expect(await registry.repositories()).toEqual(['team/web']);
    expect((await registry.catalogPage())?.names).toEqual(['team/web']);
    expect(notices.length).toBe(2);
  });

  test('referrers that are none are left out and named', async () => {
    const digest = digestOf(Buffer.from('subject'));
    const right = { mediaType: mediaTypes.ociManifest, digest: digestOf(Buffer.from('sbom')), size: 4 };
    const wrong = [
      { ...right, digest: '../../../prod/app/manifests/latest' },
      { ...right, mediaType: 'text/html\r\nx: y' },
      { ...right, size: -1 },
      null,
      'sha256:00',
    ];
    const notices: string[] = [];
    const server = await scripted(() => ({
      headers: { 'content-type': mediaTypes.ociIndex },
      body: { schemaVersion: 2, manifests: [...wrong, right] },
    }));
    const registry = open(server, { notice: (line) => notices.push(line) });
    expect(await registry.referrersByApi('team/web', digest)).toEqual([right]);
    expect(notices.join()).toContain(`5 of the referrers of ${server.host}/team/web@${digest} are left out`);
  });
});

describe('names in requests', () => {
  const digest = digestOf(Buffer.from('x'));
  const blob = { digest, size: 1 };
  const asDigest = (text: string) => text as Digest;

  test.each(notRepositories)('no request is made of the repository %j', async (repository) => {
    const server = await scripted(() => ({}));
    const registry = open(server);
    const raw = rawManifest(Buffer.from('{}'), mediaTypes.ociManifest);
    const requests = [
      () => registry.head(repository, 'latest'),
      () => registry.manifest(repository, 'latest'),
      () => registry.putManifest(repository, 'latest', raw),
      () => registry.deleteManifest(repository, digest),
      () => registry.deleteTag(repository, 'latest'),
      () => registry.hasBlob(repository, digest),
      () => registry.blobPart(repository, digest, 0),
      () => registry.putBlob(repository, blob, async () => Readable.from(['x'])),
      () => registry.beginUpload(repository),
      () => registry.mount(repository, digest, 'team/web'),
      () => registry.mount('team/web', digest, repository),
      () => registry.tags(repository),
      () => registry.tagsPage(repository),
      () => registry.referrers(repository, digest),
      () => registry.referrersByApi(repository, digest),
    ];
    for (const request of requests) expect((await errorOf(request)).kind).toBe('input');
    expect(server.seen).toEqual([]);
  });

  test.each(notTags.filter((name) => !name.startsWith('sha256:')))('nor of the tag %j', async (tag) => {
    const server = await scripted(() => ({}));
    const registry = open(server);
    const raw = rawManifest(Buffer.from('{}'), mediaTypes.ociManifest);
    const requests = [
      () => registry.head('team/web', tag),
      () => registry.manifest('team/web', tag),
      () => registry.putManifest('team/web', tag, raw),
      () => registry.deleteManifest('team/web', asDigest(tag)),
      () => registry.deleteTag('team/web', tag),
      () => registry.hasBlob('team/web', asDigest(tag)),
      () => registry.blobPart('team/web', asDigest(tag), 0),
      () => registry.referrersByApi('team/web', asDigest(tag)),
    ];
    for (const request of requests) expect((await errorOf(request)).kind).toBe('input');
    expect(server.seen).toEqual([]);
  });

  test('nor with a media type that would be a header of its own', async () => {
    const server = await scripted(() => ({}));
    const raw = { ...rawManifest(Buffer.from('{}')), mediaType: 'text/plain\r\nx-forged: yes' };
    expect((await errorOf(() => open(server).putManifest('team/web', 'latest', raw))).message).toBe(
      '"text/plain\\r\\nx-forged: yes" is not a media type: no request is made with it',
    );
    expect(server.seen).toEqual([]);
  });

  test.each([
    'registry.example/../x',
    'user@registry.example',
    'registry.example:99999',
    'a b',
    '',
    '[::z]',
    'a\nb',
  ])('nor of the host %j', (host) => {
    expect(() => openRegistry({ host })).toThrow(/is not host or host:port/);
  });
});

describe('a sync from a hostile source', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'provision-hostile-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const empty = rawManifest(
    Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [] })),
  );
  const serving = (manifest = empty) => ({
    headers: { 'content-type': manifest.mediaType, 'docker-content-digest': manifest.digest },
    body: Buffer.from(manifest.bytes),
  });

  const everyTag = (change: Partial<WantedImages> = {}): WantedImages => {
    const pattern = parsePattern('/.*/');
    if ('error' in pattern) throw new Error(pattern.error);
    return {
      source: undefined,
      repository: 'team/web',
      target: 'mirror/web',
      targetRegistry: undefined,
      tags: [],
      patterns: { allow: [pattern], deny: [], semver: undefined, latest: undefined },
      platforms: undefined,
      attachments: 'none',
      place: undefined,
      ...change,
    };
  };

  async function target() {
    const server = await serveRegistry({ dir: mkdtempSync(join(folder, 'target-')), sparseIndexes: true });
    onTestFinished(() => server.close());
    const registry = openRegistry({ host: server.host });
    onTestFinished(() => registry.close());
    const config = Buffer.from('{}');
    const descriptor = { mediaType: mediaTypes.ociConfig, digest: digestOf(config), size: config.length };
    await registry.putBlob('prod/app', descriptor, async () => Readable.from([config]));
    const own = { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config: descriptor, layers: [] };
    const manifest = rawManifest(Buffer.from(JSON.stringify(own)));
    await registry.putManifest('prod/app', 'latest', manifest);
    return { registry, before: manifest.digest };
  }

  test('a tag that climbs overwrote another repository of the target', async () => {
    const { registry, before } = await target();
    const source = await scripted(({ url }) => {
      if (url.startsWith('/v2/team/web/tags/list')) return { body: { tags: [...notTags, '1.0'] } };
      return /\/manifests\//.test(url) ? serving() : {};
    });
    const [outcome] = await syncImages({ wanted: [everyTag()], sourceOf: () => open(source), targets: [registry] });
    expect(outcome?.report.images.map(({ name, state }) => `${name} ${state}`)).toEqual(['mirror/web:1.0 copied']);
    expect((await registry.head('prod/app', 'latest'))?.digest).toBe(before);
    expect(await registry.repositories()).toEqual(['mirror/web', 'prod/app']);
  });

  test('a catalogue that climbs, with a target made of its names', async () => {
    const { registry, before } = await target();
    const source = await scripted(({ url }) => {
      if (url.startsWith('/v2/_catalog')) return { body: { repositories: [...notRepositories, 'team/web'] } };
      if (url.startsWith('/v2/team/web/tags/list')) return { body: { tags: ['1.0', '../../../prod/app/manifests/x'] } };
      return /\/manifests\//.test(url) ? serving() : {};
    });
    const wanted = [everyTag({ repository: { allow: [], deny: [] }, target: 'mirror/{repository}' })];
    const [outcome] = await syncImages({ wanted, sourceOf: () => open(source), targets: [registry] });
    expect(outcome?.report.images.map(({ name, state }) => `${name} ${state}`)).toEqual(['mirror/team/web:1.0 copied']);
    expect((await registry.head('prod/app', 'latest'))?.digest).toBe(before);
  });

  test.each([
    ['a media type that is none', { ...JSON.parse(String(Buffer.from(empty.bytes))), mediaType: 'a\r\nx: y' }],
    ['a child that is no digest', { schemaVersion: 2, manifests: [{ mediaType: 'a/b', digest: '../x', size: 1 }] }],
    [
      'a size beyond all numbers',
      { schemaVersion: 2, manifests: [{ mediaType: 'a/b', digest: empty.digest, size: 1e300 }] },
    ],
    [
      'a subject that is no digest',
      { schemaVersion: 2, manifests: [], subject: { mediaType: 'a/b', digest: '/', size: 1 } },
    ],
    ['text', 'no manifest'],
    ['a list', []],
  ])('an image with %s fails alone', async (_, body) => {
    const { registry } = await target();
    const source = await scripted(({ url }) => {
      if (url.startsWith('/v2/team/web/tags/list')) return { body: { tags: ['bad', 'good'] } };
      if (url.endsWith('/manifests/bad'))
        return serving(rawManifest(Buffer.from(JSON.stringify(body)), mediaTypes.ociIndex));
      return /\/manifests\//.test(url) ? serving() : {};
    });
    const [outcome] = await syncImages({ wanted: [everyTag()], sourceOf: () => open(source), targets: [registry] });
    expect(outcome?.report.images.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'mirror/web:bad failed',
      'mirror/web:good copied',
    ]);
  });
});

describe('addresses that a registry gives', () => {
  let certificate: ServerCertificate;
  beforeAll(async () => {
    certificate = await loopbackCertificate();
  });

  const secure = () => ({ trust: { scheme: 'https' as const, ca: certificate.ca } });
  const account = { credentials: async () => ({ username: 'user', password: 'secret-of-the-account' }) };
  const sinkUrl = (sink: { url: string }, path: string) => `${sink.url}${path}`;

  /** Addresses that nothing leads to. */
  const linkLocal = [
    'http://169.254.169.254/latest/meta-data/',
    'http://169.254.170.2/v2/credentials',
    'http://2852039166/latest/',
    'http://0xa9fea9fe/latest/',
    'http://169.16689662/latest/',
    'http://0251.0376.0251.0376/',
    'http://[fe80::1]/',
    'http://[::ffff:169.254.169.254]/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://[fd00:ec2::254]/latest/',
    'http://[64:ff9b::a9fe:a9fe]/',
    'http://[64:ff9b:1::a9fe:a9fe]/',
    'http://[::169.254.169.254]/',
    'http://[::ffff:0:a9fe:a9fe]/',
    'http://metadata.google.internal/computeMetadata/v1/',
    'http://METADATA.google.internal./',
    'http://100.100.100.200/latest/',
    '//169.254.169.254/latest',
  ];
  const noAddress = ['ftp://127.0.0.1/x', 'file:///etc/passwd', 'javascript:0', 'http://', 'http://[::', 'data:,x'];

  test.each([
    ['plain http', (sink: { url: string }) => sinkUrl(sink, '/v2/team/web/tags/list?n=1')],
    ['plain http, no scheme', (sink: { host: string }) => `http:${sink.host}`],
    ['an account', (sink: { host: string }) => `https://root:toor@${sink.host}/v2/team/web/tags/list?n=1`],
  ])('pages: a Link from https to %s', async (_, address) => {
    const sink = await scripted(() => ({ body: { tags: ['fromsink'] } }));
    const server = await scripted(
      () => ({ headers: { link: `<${address(sink)}>; rel="next"` }, body: { tags: ['1.0'] } }),
      certificate,
    );
    expect((await errorOf(() => open(server, secure()).tags('team/web'))).message).toContain('its pages repeat');
    expect(sink.seen).toEqual([]);
    expect(server.seen.length).toBe(2);
  });

  test.each(noAddress.filter((address) => !address.startsWith('http')))('no page is at %s', async (address) => {
    const server = await scripted(() => ({ headers: { link: `<${address}>; rel="next"` }, body: { tags: ['1.0'] } }));
    const error = await errorOf(() => open(server).tags('team/web'));
    expect(error.message).toContain('its Link is no address of http or https');
    expect(server.seen.length).toBe(1);
  });

  test('pages stay with their server', async () => {
    const sink = await scripted(() => ({ body: { tags: ['fromsink'] } }), certificate);
    const server = await scripted(
      ({ url }) =>
        url === '/v2/team/web/tags/list?last=1.0'
          ? { body: { tags: ['2.0'] } }
          : {
              headers: { link: `<${sink.url}/v2/team/web/tags/list?last=1.0#fragment>; rel=next` },
              body: { tags: ['1.0'] },
            },
      certificate,
    );
    expect(await open(server, secure()).tags('team/web')).toEqual(['1.0', '2.0']);
    expect(sink.seen).toEqual([]);
  });

  test('pages that never bring a new name come to an end', async () => {
    let page = 0;
    const server = await scripted(() => {
      page += 1;
      return { headers: { link: `</v2/team/web/tags/list?page=${page}>; rel="next"` }, body: { tags: ['1.0'] } };
    });
    expect((await errorOf(() => open(server).tags('team/web'))).message).toContain('its pages repeat at');
    expect(server.seen.length).toBe(102);
  });

  test.each([
    ['plain http', (sink: { url: string }) => sinkUrl(sink, '/up'), 'leads from https to http://'],
    [
      'another server',
      (sink: { url: string }) => sinkUrl(sink, '/up').replace('http:', 'https:'),
      'leads away from its server',
    ],
    ['an account', (sink: { host: string }) => `https://root:toor@${sink.host}/up`, 'holds an account'],
  ])('layers: a Location of an upload with %s', async (_, address, words) => {
    const sink = await scripted(() => ({ status: 201 }));
    const server = await scripted(
      ({ method }) => (method === 'POST' ? { status: 202, headers: { location: address(sink) } } : { status: 201 }),
      certificate,
    );
    const bytes = Buffer.from('a layer that is nobody else’s');
    const blob = { digest: digestOf(bytes), size: bytes.length };
    const put = () => open(server, secure()).putBlob('team/web', blob, async () => Readable.from([bytes]));
    const error = await errorOf(put);
    expect(error.message).toContain(words);
    expect(error.hint).toContain('http.relativeurls');
    expect(sink.seen).toEqual([]);
    expect(server.seen.map(({ method }) => method)).toEqual(['POST']);
  });

  test('a Location that turns away between two parts of a layer', async () => {
    const sink = await scripted(() => ({ status: 202 }));
    const server = await scripted(({ method, url }) => {
      if (method === 'POST') return { status: 202, headers: { location: '/v2/team/web/blobs/uploads/1' } };
      return method === 'PATCH' ? { status: 202, headers: { location: `${sink.url}${url}` } } : { status: 201 };
    }, certificate);
    const bytes = Buffer.alloc(64, 'x');
    const blob = { digest: digestOf(bytes), size: bytes.length };
    const options = { ...secure(), chunkSize: 16 };
    const content = async (from: number) => Readable.from([bytes.subarray(from)]);
    const error = await errorOf(() => open(server, options).putBlob('team/web', blob, content));
    expect(error.message).toContain('leads from https to http://');
    expect(sink.seen).toEqual([]);
  });

  test.each(linkLocal)('no redirect leads to %s', async (address) => {
    const server = await scripted(() => ({ status: 307, headers: { location: address } }));
    const error = await errorOf(() => open(server).head('team/web', 'latest'));
    expect(error.message).toContain('a link-local address, where clouds keep their metadata');
  });

  test.each(noAddress)('no redirect leads to %s', async (address) => {
    const server = await scripted(() => ({ status: 307, headers: { location: address } }));
    expect((await errorOf(() => open(server).head('team/web', 'latest'))).message).toContain(
      'is no address of http or https',
    );
  });

  test.each(['GET', 'HEAD', 'POST', 'PUT', 'DELETE'])('no redirect of %s leads from https to http', async (verb) => {
    const sink = await scripted(() => ({}));
    const server = await scripted(() => ({ status: 307, headers: { location: `${sink.url}/x` } }), certificate);
    const registry = open(server, { ...secure(), ...account });
    const digest = digestOf(Buffer.from('x'));
    const requests: Record<string, () => Promise<unknown>> = {
      GET: () => registry.blobPart('team/web', digest, 0),
      HEAD: () => registry.head('team/web', 'latest'),
      POST: () => registry.beginUpload('team/web'),
      PUT: () => registry.putManifest('team/web', 'latest', rawManifest(Buffer.from('{}'))),
      DELETE: () => registry.deleteTag('team/web', 'latest'),
    };
    const error = await errorOf(async () => requests[verb]?.());
    expect(error.message).toContain('the redirect leads from https to http://');
    expect(sink.seen).toEqual([]);
  });

  test.each(['POST', 'PUT', 'DELETE'])('a redirect of %s was obeyed at another server', async (verb) => {
    const sink = await scripted(() => ({ status: 202, headers: { location: '/v2/x/blobs/uploads/1' } }));
    const server = await scripted(() => ({ status: 307, headers: { location: `${sink.url}/_all` } }));
    const registry = open(server);
    const requests: Record<string, () => Promise<unknown>> = {
      POST: () => registry.beginUpload('team/web'),
      PUT: () => registry.putManifest('team/web', 'latest', rawManifest(Buffer.from('{}'))),
      DELETE: () => registry.deleteTag('team/web', 'latest'),
    };
    const error = await errorOf(async () => requests[verb]?.());
    expect(error.message).toContain(`the redirect leads away from its server, to ${sink.url}`);
    expect(sink.seen).toEqual([]);
  });

  test('blobs may be had from other storage, which is shown no account', async () => {
    const bytes = Buffer.from('layer');
    const storage = await scripted(() => ({ body: bytes }), certificate);
    const challenge = { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } };
    const server = await scripted(
      ({ headers }) =>
        headers.authorization === undefined
          ? challenge
          : { status: 307, headers: { location: `${storage.url}/bucket/layer?X-Amz-Signature=0` } },
      certificate,
    );
    const registry = open(server, { ...secure(), ...account });
    const body = await registry.blob('team/web', { digest: digestOf(bytes), size: bytes.length });
    const hash = createHash('sha256');
    for await (const chunk of body) hash.update(chunk);
    expect(`sha256:${hash.digest('hex')}`).toBe(digestOf(bytes));
    expect(storage.seen.map(({ url, headers }) => [url, headers.authorization])).toEqual([
      ['/bucket/layer?X-Amz-Signature=0', undefined],
    ]);
  });

  test.each([
    ...linkLocal,
    ...noAddress,
    'http://root:toor@127.0.0.1/token',
  ])('no account is sent to the realm %s', async (realm) => {
    const server = await scripted(() => ({
      status: 401,
      headers: { 'www-authenticate': `Bearer realm="${realm}",service="x"` },
    }));
    const error = await errorOf(() => open(server, account).head('team/web', 'latest'));
    expect(error.message).toMatch(/could not get a token for .*: the realm that it names .*; no account is sent there/);
  });

  test('nor from https to a realm of plain http', async () => {
    const sink = await scripted(() => ({ body: { token: 'x' } }));
    const server = await scripted(
      () => ({ status: 401, headers: { 'www-authenticate': `Bearer realm="${sink.url}/token"` } }),
      certificate,
    );
    const error = await errorOf(() => open(server, { ...secure(), ...account }).head('team/web', 'latest'));
    expect(error.message).toContain('leads from https to http://');
    expect(sink.seen).toEqual([]);
  });

  test('a realm that redirects to another server: the account stays behind', async () => {
    const sink = await scripted(() => ({ body: { token: 'x' } }));
    const realm = await scripted(() => ({ status: 307, headers: { location: `${sink.url}/token` } }));
    const server = await scripted(({ headers }) =>
      headers.authorization === undefined
        ? { status: 401, headers: { 'www-authenticate': `Bearer realm="${realm.url}/token"` } }
        : { status: 404 },
    );
    expect(await open(server, account).head('team/web', 'latest')).toBeUndefined();
    expect(sink.seen.map(({ url, headers }) => [url, headers.authorization])).toEqual([['/token', undefined]]);
    expect(realm.seen[0]?.headers.authorization).toMatch(/^Basic /);
  });

  test.each([
    [
      'an identity token',
      () => ({ credentials: async () => ({ identityToken: 'secret' }) }),
      'leads away from its server',
    ],
    ['an account', () => account, ''],
  ])('a realm that redirects for ever, or with %s away', async (_, options, words) => {
    const sink = await scripted(() => ({ body: { token: 'x' } }));
    const realm = await scripted(() => ({
      status: 307,
      headers: { location: words === '' ? '/token' : `${sink.url}/token` },
    }));
    const server = await scripted(() => ({
      status: 401,
      headers: { 'www-authenticate': `Bearer realm="${realm.url}/token"` },
    }));
    const error = await errorOf(() => open(server, options()).head('team/web', 'latest'));
    expect(error.message).toContain(words === '' ? 'the redirect is the 6th' : words);
    expect(sink.seen).toEqual([]);
  });

  test.each([
    ['a line end', 'a\r\nx-forged: yes'],
    ['a blank', 'a b'],
    ['a letter beyond ASCII', 'ä'],
    ['a control character', '\u0000'],
    ['70,000 characters', 'x'.repeat(70_000)],
  ])('a token with %s is none', async (_, token) => {
    const server = await scripted(({ url }) =>
      url.startsWith('/token')
        ? { body: { token } }
        : { status: 401, headers: { 'www-authenticate': 'Bearer realm="/token"' } },
    );
    const error = await errorOf(() => open(server).head('team/web', 'latest'));
    expect(error.message).toContain('gave one that cannot stand in a header');
    expect(server.seen.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
  });
});

describe('without end', () => {
  /** Indexes each of which names the next, the outermost first. */
  function nested(depth: number) {
    const leaf = rawManifest(
      Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [] })),
    );
    const chain = [leaf];
    for (let at = 0; at < depth; at += 1) {
      const [inner = leaf] = chain;
      const child = { mediaType: inner.mediaType, digest: inner.digest, size: inner.bytes.length };
      const body = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [child] };
      chain.unshift(rawManifest(Buffer.from(JSON.stringify(body))));
    }
    return chain;
  }

  function holding(manifests: readonly RawManifest[]) {
    return scripted(({ url }) => {
      if (url.startsWith('/v2/team/web/tags/list')) return { body: { tags: ['1.0'] } };
      const reference = /\/v2\/team\/web\/manifests\/(.*)$/.exec(url)?.[1];
      const found = reference === '1.0' ? manifests[0] : manifests.find(({ digest }) => digest === reference);
      if (found === undefined) return undefined;
      const headers = { 'content-type': found.mediaType, 'docker-content-digest': found.digest };
      return { headers, body: Buffer.from(found.bytes) };
    });
  }

  test.each<[string, (registry: OpenedRegistry) => Promise<unknown>]>([
    ['inspect', (registry) => inspectImage(registry, 'team/web', '1.0', new ContentReader(registry))],
    [
      'date',
      (registry) =>
        registry
          .manifest('team/web', '1.0')
          .then((raw) => createdOf('team/web', raw?.digest ?? digestOf(Buffer.of()), new ContentReader(registry))),
    ],
    ['list', (registry) => repositoryContents(registry, 'team/web', new ContentReader(registry))],
  ])('indexes within indexes: %s', async (_, work) => {
    const server = await holding(nested(30));
    const error = await errorOf(() => work(open(server)));
    expect(error.message).toContain('indexes within indexes without end');
    expect(server.seen.length).toBeLessThan(15);
  });

  test('an index of more manifests than anybody has', async () => {
    const child = { mediaType: mediaTypes.ociManifest, digest: digestOf(Buffer.from('x')), size: 1 };
    const body = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: Array(10_001).fill(child) };
    const server = await holding([rawManifest(Buffer.from(JSON.stringify(body)))]);
    const registry = open(server);
    const error = await errorOf(() => inspectImage(registry, 'team/web', '1.0', new ContentReader(registry)));
    expect(error.message).toContain('a manifest that names more than 10000 others');
  });

  test('a blob that is cut after every byte', async () => {
    const bytes = Buffer.alloc(1000, 'x');
    let asked = 0;
    const server = createServer((request, response) => {
      const from = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
      asked += 1;
      const left = bytes.subarray(from);
      response.writeHead(from > 0 ? 206 : 200, {
        'content-length': left.length,
        'content-range': `bytes ${from}-999/1000`,
      });
      response.write(left.subarray(0, 1), () => response.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const body = await open({ host: `127.0.0.1:${port}` }).blob('team/web', { digest: digestOf(bytes), size: 1000 });
    await expect(body.toArray()).rejects.toThrow('could not download blob');
    expect(asked).toBe(5);
  });
});
