import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { openRegistry } from '../../src/registry/client/open.js';
import { syncImages } from '../../src/registry/copy/sync-images.js';
import { digestOf } from '../../src/registry/digest.js';
import { mediaTypes } from '../../src/registry/media-types.js';
import { tagOf } from '../kit/lists/tag-of.js';

/* Answers that never come to an end: bodies that nobody reads, pages, and what is attached to what is attached. */

async function opened(listener: RequestListener, signal?: AbortSignal) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const registry = openRegistry({ host, tries: 1, ...(signal === undefined ? {} : { signal }) });
  onTestFinished(async () => {
    await registry.close();
    server.close();
    server.closeAllConnections();
  });
  return registry;
}

test('a target that answered without end had all its turns, and the run waited for ever', async () => {
  const registry = await opened((request, response) => {
    response.writeHead(request.method === 'POST' ? 202 : 404, { location: '/v2/team/web/blobs/uploads/1' });
    response.write(Buffer.alloc(128 << 10));
  });
  await registry.tagsPage('team/web'); // Nor is a body of 64 MiB waited for that says "404".
  const sessions = Array.from({ length: 100 }, () => registry.beginUpload('team/web'));
  expect(await Promise.all(sessions)).toHaveLength(100);
});

test('an error of a registry of very many wrong parts overflowed the stack, and one without detail was not shown', async () => {
  const registry = await opened(({ url = '' }, response) => {
    const many = `{"errors":[${Array(100_000).fill('1').join(',')}]}`;
    const one = JSON.stringify({ errors: [{ code: 'DENIED', message: 'not on Sundays' }] });
    response.writeHead(403).end(url.includes('/many/') ? many : one);
  });
  await expect(registry.tags('team/many/web')).rejects.toThrow(
    /^could not list the tags of [\d.:]+\/team\/many\/web: 403/,
  );
  await expect(registry.tags('team/web')).rejects.toThrow('403 DENIED: not on Sundays');
});

test('referrers of referrers of referrers were followed 50 000 times', async () => {
  const config = Buffer.from('{}');
  let made = 0;
  const manifests = new Map<string, Buffer>();
  const make = () => {
    made += 1;
    const bytes = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: mediaTypes.ociManifest,
        config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: digestOf(config), size: config.length },
        layers: [],
        annotations: { made: String(made) },
      }),
    );
    manifests.set(digestOf(bytes), bytes);
    return bytes;
  };
  const top = make();
  const source = await opened(({ url = '' }, response) => {
    const [, kind, name = ''] = /\/v2\/team\/web\/(referrers|manifests)\/(.*)$/.exec(url) ?? [];
    const bytes = kind === 'referrers' ? make() : (manifests.get(name) ?? top);
    if (kind === 'manifests') {
      response.writeHead(200, { 'content-type': mediaTypes.ociManifest, 'docker-content-digest': digestOf(bytes) });
      return response.end(bytes);
    }
    if (kind !== 'referrers') return response.writeHead(404).end();
    const entry = { mediaType: mediaTypes.ociManifest, digest: digestOf(bytes), size: bytes.length };
    response.writeHead(200, { 'content-type': mediaTypes.ociIndex });
    response.end(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [entry] }));
  });
  const target = await opened((_, response) => response.writeHead(404).end());
  const [outcome] = await syncImages({ wanted: [tagOf('team/web', '1.0')], sourceOf: () => source, targets: [target] });
  expect(outcome?.report.images[0]).toMatchObject({
    state: 'failed',
    error: { message: expect.stringContaining('has something attached in turn, without end') },
  });
  expect(made).toBeLessThan(15);
});

test.each<[string, RequestListener]>([
  ['says to wait', (_, response) => void response.writeHead(503, { 'retry-after': '59' }).end()],
  ['never answers', () => {}],
  ['never ends its answer', (_, response) => void response.writeHead(200).write('{')],
])('a token server that %s was waited for after an interruption', async (_, answer) => {
  const interruption = new AbortController();
  const registry = await opened((request, response) => {
    const { url = '', headers } = request;
    if (!url.startsWith('/token')) {
      return response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${headers.host}/token"` }).end();
    }
    answer(request, response);
    setTimeout(() => interruption.abort(), 50);
  }, interruption.signal);
  await expect(registry.tags('team/web')).rejects.toThrow(/^could not list the tags of .*: interrupted$/);
});
