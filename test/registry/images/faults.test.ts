import { describe, expect, it } from 'vitest';
import type { CountingProxyOptions } from '../proxy/counting-proxy.js';
import type { Fault, FaultAction } from '../proxy/faults.js';
import { ImageSetMaker } from '../proxy/image-set.js';
import { populate } from '../proxy/populate.js';
import { differences } from '../proxy/read-back.js';
import type { RequestKind } from '../proxy/request-kind.js';
import { installed } from '../proxy/start-registry.js';
import { ourList } from './list-files.js';
import { type Pair, startPair } from './pair.js';
import { type SyncRun, syncPlace } from './run-sync.js';

/** Each thing that goes wrong by itself, and exactly what a sync does about it. */
describe
  .skipIf(!installed('docker-registry'))
  .concurrent('a sync where one thing goes wrong', { timeout: 120_000 }, () => {
    it('follows blobs to another host without showing it the account', async () => {
      await staged({ auth: { service: 'test' } }, async ({ pair, sync }) => {
        pair.source.proxy.reset({ faults: [{ does: { what: 'redirect' }, kinds: ['blob-get'], rate: 1 }] });
        expect((await sync()).status).toBe(0);
        expect(pair.source.proxy.elsewhere).toEqual({ requests: 7, withAuthorization: 0 });
      });
    });

    it.each<[string, RequestKind]>([
      ['a token', 'token'],
      ['a HEAD of a manifest', 'manifest-head'],
      ['the catalogue', 'catalog'],
      ['the start of an upload', 'upload-post'],
      ['a blob', 'upload-put'],
      ['a mount', 'mount'],
      ['a manifest', 'manifest-put'],
    ])('waits as long as Retry-After says, for %s as for all', async (_, kind) => {
      await staged({ auth: { service: 'test' } }, async ({ pair, sync }) => {
        const usual = (await counted(pair, sync)).target[kind];
        await pair.target.registry.empty();
        const does: FaultAction = { what: 'status', status: 429, retryAfter: 2 };
        const started = Date.now();
        const { target } = await counted(pair, sync, [{ does, kinds: [kind], at: [1] }]);
        expect(target[kind]).toBe((usual ?? 0) + 1);
        expect(Date.now() - started).toBeGreaterThanOrEqual(2000);
      });
    });

    it('writes a manifest again that arrived otherwise than it was sent', async () => {
      await staged({}, async ({ pair, sync }) => {
        const faults: Fault[] = [
          { does: { what: 'wrong-request-bytes' }, kinds: ['manifest-put'], of: '/v1', at: [1] },
        ];
        // One byte in the middle of a manifest of this size is a digit of a digest or the space before a name.
        const { target } = await counted(pair, () => sync('--verify', 'none'), faults);
        expect(target['manifest-put']).toBe(3);
      });
    });

    it('looks again into an image that it could not verify: its tag alone said that all was well', async () => {
      await staged({}, async ({ pair, sync, layer }) => {
        const does: FaultAction = { what: 'status', status: 404 };
        pair.target.proxy.reset({ faults: [{ does, kinds: ['blob-head', 'blob-get'], of: layer, rate: 1 }] });
        const first = await sync();
        expect([first.status, ...states(first)]).toEqual([2, 'app/one:v1 failed', 'app/two:v1 copied']);
        const again = await sync();
        expect([again.status, ...states(again)]).toEqual([2, 'app/one:v1 failed', 'app/two:v1 unchanged']);
        pair.target.proxy.reset({ faults: [] });
        const mended = await sync();
        expect([mended.status, ...states(mended)]).toEqual([0, 'app/one:v1 unchanged', 'app/two:v1 unchanged']);
        expect(mended.report?.totals.requestsToVerify).toBeGreaterThan(0);
        expect((await sync()).report?.totals.requestsToVerify).toBe(0);
      });
    });

    it('asks what is there, where a registry refuses in words of its own what the journal believes', async () => {
      await staged({}, async ({ pair, set, sync }) => {
        const refused = (status: number, at?: number[]): Fault => ({
          does: { what: 'status', status },
          kinds: ['manifest-put'],
          ...(at === undefined ? { rate: 1 } : { at }),
        });
        pair.target.proxy.reset({ faults: [refused(400)] });
        expect((await sync()).status).toBe(2);
        await pair.target.registry.empty();
        pair.target.proxy.reset({ faults: [refused(400, [1, 2])] });
        expect((await sync()).status).toBe(0);
        expect(await differences(pair.target.registry.url, set)).toEqual([]);
      });
    });

    it('gets new tokens when those that it has expire on the way', async () => {
      await staged({ auth: { service: 'test', lifetimeSeconds: 4, tellsLifetime: false } }, async ({ pair, sync }) => {
        for (const { proxy } of [pair.source, pair.target]) proxy.reset({ delayMs: 500 });
        const { status } = await sync('--connections', '1');
        expect(status).toBe(0);
        expect(pair.target.proxy.counts.requests.token).toBeGreaterThan(2);
      });
    });

    it.each<[string, FaultAction]>([
      ['other bytes', { what: 'wrong-bytes' }],
      ['too few bytes', { what: 'truncated', by: 1 }],
      ['nothing but errors', { what: 'status', status: 500 }],
    ])('brings what it can where the source has %s for one blob, and names what it cannot', async (_, does) => {
      await staged({}, async ({ pair, set, sync, layer }) => {
        pair.source.proxy.reset({ faults: [{ does, kinds: ['blob-get'], of: layer, rate: 1 }] });
        const { status, report } = await sync();
        expect([status, ...states({ report })]).toEqual([2, 'app/one:v1 failed', 'app/two:v1 copied']);
        expect(report?.images.find(({ state }) => state === 'failed')?.error?.message).toContain(layer);
        const lacks = await differences(pair.target.registry.url, set);
        expect(lacks.map(({ image, kind }) => [image, kind])).toEqual([['app/one:v1', 'missing']]);
        pair.source.proxy.reset({ faults: [] });
        expect(await sync()).toMatchObject({ status: 0, report: { totals: { copied: 1, unchanged: 1 } } });
      });
    });

    it.each<RequestKind>(['blob-get', 'manifest-get'])('gives up a %s that stalls, and asks again', async (kind) => {
      await staged({}, async ({ pair, sync }) => {
        const does: FaultAction = { what: 'stall', after: 100, forMs: 120_000 };
        await counted(pair, sync, [{ does, kinds: [kind], at: [1] }]);
      });
    });

    it('fetches no blob again that was there before it was killed', async () => {
      const set = new ImageSetMaker();
      for (let number = 1; number <= 30; number += 1) {
        const layers = [1, 2, 3].map((layer) => set.layer(`${number} ${layer}`, 1000));
        set.tag(`app/image${number}`, 'v1', set.image(`app/image${number}`, layers, { seed: String(number) }));
      }
      await staged(
        {},
        async ({ pair, sync, killed }) => {
          const connections = 4;
          const uploads = () => pair.target.proxy.counts.requests['upload-put'] ?? 0;
          await killed(() => uploads() > 60, '--connections', String(connections));
          const there = uploads();
          expect(there).toBeLessThan(set.blobs.size);
          pair.source.proxy.reset();
          expect((await sync()).status).toBe(0);
          const fetched = pair.source.proxy.counts.requests['blob-get'] ?? 0;
          expect(fetched).toBeLessThanOrEqual(set.blobs.size - there + 2 * connections);
        },
        set,
      );
    });
  });

interface Stage {
  readonly pair: Pair;
  readonly set: ImageSetMaker;
  /** Digest of a layer that only app/one has. */
  readonly layer: string;
  sync(...options: string[]): Promise<SyncRun>;
  killed(when: () => boolean, ...options: string[]): Promise<void>;
}

/** Two images at the source, with a layer in common; nothing at the target. */
async function staged(
  options: Pick<CountingProxyOptions, 'auth'>,
  work: (stage: Stage) => Promise<void>,
  given?: ImageSetMaker,
): Promise<void> {
  const set = given ?? new ImageSetMaker();
  const own = set.layer('own', 90_000);
  if (given === undefined) {
    const common = [set.layer('common', 50_000), set.layer('also common', 700), set.layer('and this', 3000)];
    set.tag('app/one', 'v1', set.image('app/one', [...common, own], { seed: 'one' }));
    set.tag('app/two', 'v1', set.image('app/two', [...common, set.layer('two', 400)], { seed: 'two', format: 'oci' }));
  }
  const [pair, place] = await Promise.all([startPair(options), syncPlace()]);
  const { source, target } = pair;
  try {
    await populate(source.registry.url, set);
    const run = (given: readonly string[], kill?: () => boolean) =>
      place.sync(ourList(set), source.proxy.url, target.proxy.url, given, kill);
    const sync = async (...options: string[]) => {
      const ended = await run(options);
      if (ended.status === 0) expect(await differences(target.registry.url, set)).toEqual([]);
      return ended;
    };
    const killed = async (when: () => boolean, ...options: string[]) => {
      expect((await run(options, when)).status).toBe(null);
    };
    await work({ pair, set, layer: own.digest, sync, killed });
  } finally {
    await Promise.all([pair.close(), place.close()]);
  }
}

/** Requests of a sync that is to go well. */
async function counted({ source, target }: Pair, sync: () => Promise<SyncRun>, faults: readonly Fault[] = []) {
  source.proxy.reset({ faults });
  target.proxy.reset({ faults });
  const { status, stderr, report } = await sync();
  expect({ status, stderr, failed: report?.totals.failed }).toEqual({ status: 0, stderr: '', failed: 0 });
  return { source: source.proxy.counts.requests, target: target.proxy.counts.requests };
}

function states({ report }: Pick<SyncRun, 'report'>): string[] {
  return (report?.images ?? []).map(({ name, state }) => `${name} ${state}`).sort();
}
