import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { benchSet } from '../proxy/bench-set.js';
import { requestFloor } from '../proxy/floor.js';
import { ImageSetMaker } from '../proxy/image-set.js';
import { populate } from '../proxy/populate.js';
import { differences } from '../proxy/read-back.js';
import { installed } from '../proxy/start-registry.js';
import { ourList } from './list-files.js';
import { behindProxies, type Pair, startPair } from './pair.js';
import { type SyncPlace, syncPlace } from './run-sync.js';

/*
 * What a sync costs in requests, to the last one. The set is that of the bench with smaller layers, so the counts are the
 * bench's: 110 tags, 190 manifests, 380 blobs, 540 mounts.
 */
const set = benchSet({ singles: 100, indexes: 10, platforms: 8, layerSize: 2000 });
const floor = requestFloor(set);

describe.skipIf(!installed('docker-registry'))('requests of a sync', () => {
  let place: SyncPlace;
  let open: Pair;
  /** The same registries, where they want tokens. */
  let guarded: Pair;
  beforeAll(async () => {
    [place, open] = await Promise.all([syncPlace(), startPair()]);
    guarded = await behindProxies([open.source.registry, open.target.registry], { auth: { service: 'test' } });
    await populate(open.source.registry.url, set);
  });
  afterAll(async () => {
    await guarded?.close();
    await Promise.all([place, open].map((each) => each?.close()));
  });

  const sync = async ({ source, target }: Pair, ...options: string[]) => {
    source.proxy.reset();
    target.proxy.reset();
    const { status, report, stderr } = await place.sync(ourList(set), source.proxy.url, target.proxy.url, options);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return { report, source: source.proxy.counts.requests, target: target.proxy.counts.requests };
  };

  it('is for the floor that was computed by hand', () => {
    expect(floor).toEqual({
      unchanged: 110,
      coldSource: 570,
      coldTarget: 1490,
      manifests: 190,
      blobs: 380,
      mounts: 540,
    });
  });

  describe('with nothing at the target', () => {
    beforeEach(() => open.target.registry.empty());

    // An empty catalogue may be that of an account which sees none: each tag is looked for, and nothing below it.
    it('takes each manifest and each blob once, mounts before it uploads, and looks for the tags alone', async () => {
      const { source, target, report } = await sync(guarded, '--verify', 'none', '--attachments', 'none');
      expect(await differences(guarded.target.registry.url, set)).toEqual([]);
      expect(source).toEqual({ 'manifest-head': 2, token: 1, 'manifest-get': 190, 'blob-get': 380 });
      expect(target).toEqual({
        'manifest-head': 111,
        'manifest-get': 1,
        token: 2,
        catalog: 1,
        'upload-post': 380,
        'upload-put': 380,
        mount: 540,
        'manifest-put': 190,
      });
      expect(report?.totals).toMatchObject({ copied: 110, requestsToSource: 573, requestsToTarget: 1605 });
    });

    it('looks for attachments once a repository where the registry cannot be asked for them', async () => {
      const { source, target } = await sync(guarded, '--verify', 'none');
      expect(source).toMatchObject({ referrers: 1, tags: 110, 'manifest-get': 190, 'blob-get': 380 });
      expect(target).toMatchObject({ 'upload-post': 380, 'upload-put': 380, mount: 540, 'manifest-put': 190 });
    });

    it('verifies with a HEAD for each manifest and each blob of each repository', async () => {
      const { target } = await sync(guarded, '--attachments', 'none');
      expect(target).toMatchObject({ 'manifest-head': 301, 'blob-head': 920, 'manifest-put': 190 });
    });
  });

  describe('with all of it at the target', () => {
    beforeAll(() => populate(open.target.registry.url, set));

    it('takes two a tag and four with tokens, whatever the number of platforms', async () => {
      const { source, target, report } = await sync(guarded, '--attachments', 'once');
      // The first HEAD is answered with the challenge: it is made twice.
      expect(source).toEqual({ 'manifest-head': 111, token: 1 });
      expect(target).toEqual({ 'manifest-head': 111, token: 1 });
      expect(report?.totals).toMatchObject({ unchanged: 110, requestsToSource: 112, requestsToTarget: 112 });
    });

    it('takes two a tag without tokens', async () => {
      const { source, target } = await sync(open, '--attachments', 'once');
      expect(source).toEqual({ 'manifest-head': 110 });
      expect(target).toEqual({ 'manifest-head': 110 });
    });

    it('takes a listing a repository more for signatures that may have come', async () => {
      const { source, target } = await sync(open);
      expect(source).toEqual({ 'manifest-head': 110, referrers: 1, tags: 110 });
      expect(target).toEqual({ 'manifest-head': 110 });
    });

    // The last, as it changes the source.
    it('copies only what a changed tag brought', async () => {
      const next = new ImageSetMaker();
      const base = [1, 2, 3, 4].map((number) => next.layer(`common ${number}`, 2000));
      next.tag('single1', 'v1', next.image('single1', [...base, next.layer('changed', 2000)], { seed: 'changed' }));
      await populate(open.source.registry.url, next);
      const { source, target, report } = await sync(open, '--verify', 'none', '--attachments', 'none');
      expect(source).toEqual({ 'manifest-head': 110, 'manifest-get': 1, 'blob-get': 2 });
      expect(target).toMatchObject({ 'manifest-head': 110, 'upload-put': 2, 'manifest-put': 1 });
      expect(report?.totals).toMatchObject({ updated: 1, unchanged: 109 });
      expect(await differences(open.target.registry.url, next)).toEqual([]);
    });
  });
});
