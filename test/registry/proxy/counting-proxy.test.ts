import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CountingProxy, countingProxy } from './counting-proxy.js';
import type { FaultAction } from './faults.js';
import { ImageSetMaker } from './image-set.js';
import { populate } from './populate.js';
import { differences } from './read-back.js';
import type { RequestKind } from './request-kind.js';
import { installed, type StartedRegistry, startRegistry } from './start-registry.js';

/** What the tests of the image engine lean on has to be right itself. */
describe.skipIf(!installed('docker-registry'))('a proxy in front of a registry', () => {
  const set = new ImageSetMaker();
  const image = set.image('team/web', [set.layer('one', 100_000)], { seed: 'web' });
  set.tag('team/web', 'v1', image);
  const [layer] = [...set.blobs].find(([, bytes]) => bytes.length > 50_000) ?? [];
  const layerPath = `/v2/team/web/blobs/${layer}`;
  let registry: StartedRegistry;
  let proxy: CountingProxy;
  let guarded: CountingProxy;
  beforeAll(async () => {
    registry = await startRegistry();
    proxy = await countingProxy({ target: registry.url });
    guarded = await countingProxy({ target: registry.url, auth: { service: 'test' } });
    await populate(registry.url, set);
  });
  afterAll(() => Promise.all([proxy, guarded, registry].map((each) => each?.close())));
  beforeEach(() => {
    proxy.reset({ faults: [] });
    guarded.reset({ faults: [] });
  });

  async function get(path: string, headers: Record<string, string> = {}, through = proxy) {
    const answer = await fetch(`${through.url}${path}`, { headers, redirect: 'manual' });
    const bytes = Buffer.from(await answer.arrayBuffer());
    return { status: answer.status, headers: answer.headers, bytes };
  }

  async function token(...scopes: string[]): Promise<string> {
    const query = scopes.map((scope) => `scope=${encodeURIComponent(scope)}`).join('&');
    const { bytes } = await get(`/token?service=test&${query}`, {}, guarded);
    return `Bearer ${JSON.parse(bytes.toString()).token}`;
  }

  it('passes pushes and pulls as they are, and keeps clients with it', async () => {
    const other = new ImageSetMaker();
    const layers = [other.layer('a', 70_000), other.layer('b', 10)];
    other.tag('team/a', 'v1', other.image('team/a', layers, { seed: 'a' }));
    other.tag('team/b', 'v1', other.image('team/b', layers, { seed: 'b', format: 'oci' }));
    await populate(proxy.url, other);
    expect(await differences(registry.url, other)).toEqual([]);
    expect(proxy.counts.requests).toEqual({ 'upload-post': 4, 'upload-put': 4, mount: 2, 'manifest-put': 4 });
    expect(proxy.counts.fromClient).toBe(
      [...other.blobs.values()].reduce((sum, { length }) => sum + length, 0) +
        [...other.repositories.values()]
          .flatMap(({ manifests }) => [...manifests.values()])
          .reduce((sum, { bytes }) => sum + 2 * bytes.length, 0),
    );
  });

  it('wants a token that covers what is asked, and takes one for several repositories', async () => {
    const path = '/v2/team/web/manifests/v1';
    const none = await get(path, {}, guarded);
    expect([none.status, none.headers.get('www-authenticate')]).toEqual([
      401,
      `Bearer realm="${guarded.url}/token",service="test",scope="repository:team/web:pull"`,
    ]);
    const other = await get(path, { authorization: await token('repository:team/other:pull') }, guarded);
    expect(other.headers.get('www-authenticate')).toContain('error="insufficient_scope"');
    const several = await token('repository:team/other:pull', 'repository:team/web:pull,push repository:a:pull');
    expect((await get(path, { authorization: several }, guarded)).status).toBe(200);
    const forged = await get(path, { authorization: 'Bearer e30.AAAA' }, guarded);
    expect(forged.headers.get('www-authenticate')).toContain('error="invalid_token"');
    expect(guarded.counts.requests).toEqual({ 'manifest-get': 4, token: 2 });
  });

  it('lets tokens expire', async () => {
    const brief = await countingProxy({ target: registry.url, auth: { service: 'test', lifetimeSeconds: 0 } });
    const { bytes } = await get('/token?scope=repository:team/web:pull', {}, brief);
    const authorization = `Bearer ${JSON.parse(bytes.toString()).token}`;
    const { headers } = await get('/v2/team/web/manifests/v1', { authorization }, brief);
    await brief.close();
    expect(headers.get('www-authenticate')).toContain('error="invalid_token"');
  });

  const whole = () => set.blobs.get(layer ?? 'sha256:') ?? Buffer.alloc(0);
  const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  const hit = async (does: FaultAction, kind: RequestKind, work: () => Promise<unknown>) => {
    proxy.reset({ faults: [{ does, kinds: [kind], at: [1] }] });
    const outcome = await work().then(
      (value) => value,
      (error: Error) => (error.cause instanceof Error ? error.cause.message : error.message),
    );
    expect(proxy.counts.faults).toEqual({ [does.what]: 1 });
    return outcome;
  };

  it.each<[FaultAction, unknown]>([
    [{ what: 'cut-response', after: 1000 }, 'other side closed'],
    [{ what: 'stall', after: 1000, forMs: 50 }, 'other side closed'],
    [{ what: 'silence', forMs: 50 }, 'other side closed'],
    [{ what: 'reset' }, 'read ECONNRESET'],
    [{ what: 'lost-answer' }, 'read ECONNRESET'],
    [{ what: 'error-in-body' }, 'other side closed'],
    [{ what: 'trickle', bytes: 10, everyMs: 5, forMs: 30 }, 'other side closed'],
  ])('%o ends the connection', async (does, message) => {
    expect(await hit(does, 'blob-get', () => get(layerPath))).toBe(message);
    expect((await get(layerPath)).bytes.equals(whole())).toBe(true);
  });

  it('makes bodies shorter and other, and says nothing', async () => {
    const shorter = (await hit({ what: 'truncated', by: 7 }, 'blob-get', () => get(layerPath))) as { bytes: Buffer };
    expect(shorter.bytes.equals(whole().subarray(0, -7))).toBe(true);
    const wrong = (await hit({ what: 'wrong-bytes' }, 'blob-get', () => get(layerPath))) as { bytes: Buffer };
    expect(wrong.bytes.length).toBe(whole().length);
    expect(sha256(wrong.bytes)).not.toBe(sha256(whole()));
  });

  it('answers with a status of its own, as often in a row as told', async () => {
    const does: FaultAction = { what: 'status', status: 429, retryAfter: 3 };
    proxy.reset({ faults: [{ does, kinds: ['blob-get'], at: [2], burst: 2 }] });
    const answers = [];
    for (let count = 0; count < 4; count += 1) answers.push(await get(layerPath));
    expect(answers.map(({ status, headers }) => [status, headers.get('retry-after')])).toEqual([
      [200, null],
      [429, '3'],
      [429, '3'],
      [200, null],
    ]);
  });

  it('sends to another host, which remembers who showed it an account', async () => {
    proxy.reset({ faults: [{ does: { what: 'redirect' }, kinds: ['blob-get'], rate: 1 }] });
    const { status, headers } = await get(layerPath);
    expect(status).toBe(307);
    const location = headers.get('location') ?? '';
    expect(location).toMatch(/^http:\/\/127\.0\.0\.2:/);
    const answer = await fetch(location, { headers: { authorization: 'Basic secret' } });
    expect(Buffer.from(await answer.arrayBuffer()).equals(whole())).toBe(true);
    expect(proxy.elsewhere).toEqual({ requests: 1, withAuthorization: 1 });
  });

  it('puts the same faults into the same requests, in whatever order they come', async () => {
    const paths = Array.from({ length: 40 }, (_, number) => `/v2/team/web/manifests/v${number}`);
    const statuses = async (order: readonly string[]) => {
      proxy.reset({ seed: 7, faults: [{ does: { what: 'status', status: 503 }, kinds: ['manifest-get'], rate: 0.5 }] });
      const found = await Promise.all(order.map(async (path) => [path, (await get(path)).status] as const));
      return Object.fromEntries(found);
    };
    const once = await statuses(paths);
    expect(new Set(Object.values(once))).toContain(503);
    expect(await statuses([...paths].reverse())).toEqual(once);
  });

  it('cuts uploads so that the registry has nothing', async () => {
    const other = new ImageSetMaker();
    other.tag('team/cut', 'v1', other.image('team/cut', [other.layer('cut', 300_000)], { seed: 'cut' }));
    await hit({ what: 'cut-request', after: 50 }, 'upload-put', () => populate(proxy.url, other));
    expect(await differences(registry.url, other)).toEqual([
      { image: 'team/cut:v1', kind: 'missing', what: 'no manifest v1' },
    ]);
  });
});
