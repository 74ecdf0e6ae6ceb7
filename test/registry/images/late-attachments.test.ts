import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openArchive } from '../../../src/registry/archive/open.js';
import { saveOciArchive } from '../../../src/registry/archive/write/save.js';
import { listToSave } from '../../../src/registry/archive/write/save-list.js';
import { referrersTag } from '../../../src/registry/attached-tags.js';
import { openRegistry } from '../../../src/registry/client/open.js';
import { type SyncOptions, syncImages } from '../../../src/registry/copy/sync-images.js';
import { parseDigest } from '../../../src/registry/digest.js';
import type { WantedImages } from '../../../src/registry/lists/image-list.js';
import { serveRegistry } from '../../../src/registry/server/serve.js';
import { Layout } from '../../../src/registry/server/storage/layout.js';
import type { ImageSource } from '../../../src/registry/source.js';
import { tagOf } from '../../kit/lists/tag-of.js';
import { dockerRegistry } from '../docker-registry.js';
import { ImageSetMaker, type MadeManifest } from '../proxy/image-set.js';
import { populate } from '../proxy/populate.js';
import { installed } from '../proxy/start-registry.js';

/*
 * What is attached to an image after it was copied: signing follows the push. docker-registry has tags for it, the
 * embedded registry the API for referrers.
 */
const repository = 'team/multi';
const wanted = (platforms?: string[], tag = '1'): WantedImages[] => [{ ...tagOf(repository, tag), platforms }];

interface Place {
  readonly set: ImageSetMaker;
  readonly parts: readonly MadeManifest[];
  readonly index: MadeManifest;
  /** Puts what the set has now into the source. */
  publish(): Promise<void>;
  sync(options?: Partial<SyncOptions>): Promise<NonNullable<Awaited<ReturnType<typeof syncImages>>[number]>>;
  /** Saves tags of the source in an archive, and opens that. */
  save(tags: readonly string[]): Promise<ImageSource & { readonly lost: readonly string[] }>;
  /** Removes content from the source's disk. */
  lose(digest: string): Promise<void>;
  /** Digest of a tag or digest at the target. */
  at(reference: string): Promise<string | undefined>;
}

const kinds = { 'docker-registry': dockerRegistry, embedded: embeddedRegistry };

async function embeddedRegistry(folder: string) {
  const { url, host, close } = await serveRegistry({ dir: folder });
  return { url, host, stop: () => close(0) };
}

async function place(from: keyof typeof kinds, to: keyof typeof kinds): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'provision-late-'));
  const [source, target] = await Promise.all([kinds[from](join(folder, 'from')), kinds[to](join(folder, 'to'))]);
  onTestFinished(async () => {
    await Promise.all([source.stop(), target.stop()]);
    await rm(folder, { recursive: true });
  });
  const set = new ImageSetMaker();
  const parts = ['amd64', 'arm64'].map((architecture) =>
    set.image(repository, [set.layer(architecture, 2000)], { seed: architecture, architecture, format: 'oci' }),
  );
  const index = set.index(
    repository,
    parts.map((manifest, at) => ({ manifest, architecture: at === 0 ? 'amd64' : 'arm64' })),
  );
  set.tag(repository, '1', index);
  const publish = () => populate(source.url, set);
  await publish();
  return {
    set,
    parts,
    index,
    publish,
    async sync(options = {}) {
      const [ours, theirs] = [openRegistry({ host: source.host }), openRegistry({ host: target.host })];
      try {
        const [outcome] = await syncImages({ wanted: wanted(), sourceOf: () => ours, targets: [theirs], ...options });
        if (outcome === undefined) throw new Error('a sync to one target has one outcome');
        return outcome;
      } finally {
        await Promise.all([ours.close(), theirs.close()]);
      }
    },
    async save(tags) {
      const ours = openRegistry({ host: source.host });
      try {
        const path = join(folder, 'saved.tar');
        const { images, lost } = await listToSave({
          wanted: tags.flatMap((tag) => wanted(undefined, tag)),
          sourceOf: () => ours,
          attachments: 'all',
        });
        const saved = await saveOciArchive({ images, path });
        return { ...(await openArchive(path)), lost: [...lost, ...saved.lost].map(({ name }) => name) };
      } finally {
        await ours.close();
      }
    },
    lose: (digest) => rm(join(new Layout(join(folder, 'from')).content(parseDigest(digest)), 'data')),
    async at(reference) {
      const registry = openRegistry({ host: target.host });
      try {
        return (await registry.head(repository, reference))?.digest;
      } finally {
        await registry.close();
      }
    },
  };
}

/** Requests of a run to both sides, and those of them that looked for what is attached. */
function price({ report, plan }: Awaited<ReturnType<Place['sync']>>) {
  const { requestsToSource: source, requestsToTarget: target, unchanged } = report.totals;
  return { unchanged, source, target, attachments: plan.totals.requestsForAttachments };
}

describe.skipIf(!installed('docker-registry'))(
  'a signature that came after the first sync',
  { timeout: 60_000 },
  () => {
    it.each([
      'docker-registry',
      'embedded',
    ] as const)('of an index and of one of its parts was never copied, from %s', async (from) => {
      const { set, parts, index, publish, sync, at } = await place(from, 'embedded');
      expect((await sync()).report.totals.copied).toBe(1);
      const signed = [index, ...parts.slice(1)].map((manifest) => {
        const signature = set.artifact(repository, `signature of ${manifest.digest}`);
        set.tag(repository, `${referrersTag(manifest.digest)}.sig`, signature);
        return { tag: `${referrersTag(manifest.digest)}.sig`, signature };
      });
      await publish();
      const check = await sync({ check: true });
      expect(check.report.images.map(({ planned }) => planned)).toEqual(['updated']);
      expect(await at(signed[0]?.tag ?? '')).toBeUndefined();
      const { report, plan } = await sync();
      expect(report.totals).toMatchObject({ updated: 1, failed: 0 });
      expect(plan.notices.join()).toContain('team/multi:1 is the same, and more is attached to it at 127.0.0.1');
      for (const { tag, signature } of signed) expect(await at(tag)).toBe(signature.digest);
      expect((await sync()).report.totals).toMatchObject({ unchanged: 1 });
    });

    it('as a referrer, and what signs that in turn, was never copied', async () => {
      const { set, parts, publish, sync, at } = await place('embedded', 'embedded');
      await sync();
      const [sbom] = parts.slice(0, 1).map((part) => set.artifact(repository, 'what is in it', part));
      await publish();
      expect((await sync()).report.totals).toMatchObject({ updated: 1 });
      expect(await at(sbom?.digest ?? '')).toBe(sbom?.digest);
      const signature = set.artifact(repository, 'signature of the list', sbom);
      await publish();
      expect((await sync()).report.totals).toMatchObject({ updated: 1 });
      expect(await at(signature.digest)).toBe(signature.digest);
      expect((await sync()).report.totals).toMatchObject({ unchanged: 1 });
    });

    it('under the tag for referrers is copied once, although the target lists more there', async () => {
      const { set, index, publish, sync, at } = await place('docker-registry', 'docker-registry');
      const tag = referrersTag(index.digest);
      const first = set.artifact(repository, 'one', index);
      set.tag(repository, tag, set.referrers(repository, [first]));
      await publish();
      await sync();
      const second = set.artifact(repository, 'two', index);
      set.tag(repository, tag, set.referrers(repository, [second])); // As another tool would, that forgot the first.
      await publish();
      expect((await sync()).report.totals).toMatchObject({ updated: 1 });
      const joined = await at(tag);
      expect(joined).not.toBe(set.repositories.get(repository)?.tags.get(tag));
      expect(await at(second.digest)).toBe(second.digest);
      expect((await sync()).report.totals).toMatchObject({ unchanged: 1 });
      expect(await at(tag)).toBe(joined);
    });

    it('of a part that stayed in an index which changed was left behind', async () => {
      const { set, parts, publish, sync, at } = await place('docker-registry', 'embedded');
      await sync();
      const [amd] = parts;
      if (amd === undefined) throw new Error('two parts were made');
      const tag = `${referrersTag(amd.digest)}.sig`;
      const signature = set.artifact(repository, 'signature');
      set.tag(repository, tag, signature);
      set.tag(repository, '1', set.index(repository, [{ manifest: amd, architecture: 'amd64' }]));
      await publish();
      await sync();
      expect(await at(tag)).toBe(signature.digest);
    });

    it('of the one platform that is copied was never copied', async () => {
      const { set, parts, publish, sync, at } = await place('docker-registry', 'embedded');
      const one = { wanted: wanted(['linux/arm64']) };
      await sync(one);
      const tag = `${referrersTag(parts[1]?.digest ?? 'sha256:')}.sig`;
      const signature = set.artifact(repository, 'signature');
      set.tag(repository, tag, signature);
      await publish();
      expect((await sync(one)).report.totals).toMatchObject({ updated: 1 });
      expect(await at(tag)).toBe(signature.digest);
    });

    it('is not looked for with `once`, nor with `none`', async () => {
      const { set, index, publish, sync } = await place('docker-registry', 'embedded');
      await sync();
      set.tag(repository, `${referrersTag(index.digest)}.sig`, set.artifact(repository, 'signature'));
      await publish();
      for (const attachments of ['once', 'none'] as const)
        expect(price(await sync({ attachments }))).toEqual({ unchanged: 1, source: 1, target: 1, attachments: 0 });
    });

    it('costs a listing a repository and a question for the API, where there is none and no signature', async () => {
      const { sync } = await place('docker-registry', 'docker-registry');
      await sync();
      expect(price(await sync())).toEqual({ unchanged: 1, source: 3, target: 1, attachments: 2 });
    });

    it('costs a HEAD on both sides for each that is there', async () => {
      const { set, index, publish, sync } = await place('docker-registry', 'docker-registry');
      set.tag(repository, `${referrersTag(index.digest)}.sig`, set.artifact(repository, 'signature'));
      await publish();
      await sync();
      // Of the target the index, for its parts.
      expect(price(await sync())).toEqual({ unchanged: 1, source: 4, target: 3, attachments: 5 });
    });

    it('costs, where there is an API, a question for each manifest', async () => {
      const { sync } = await place('embedded', 'embedded');
      await sync();
      expect(price(await sync())).toEqual({ unchanged: 1, source: 5, target: 2, attachments: 5 });
    });
  },
);

it('a cache of BuildKit, an index of layers, was taken for an index of images that are not there', {
  timeout: 60_000,
}, async () => {
  const { set, publish, sync, at } = await place('embedded', 'embedded');
  const layers = [set.layer('cached', 3000), set.layer('cached too', 1000)];
  const config = set.layer('what is cached', 10);
  const cache = set.cache(repository, layers, config);
  set.tag(repository, '1', cache);
  await publish();
  const outcome = await sync({ verify: 'deep' });
  expect(outcome.report.totals).toMatchObject({ copied: 1, failed: 0 });
  expect(outcome.plan.totals.uploads).toBe(3);
  expect(await at('1')).toBe(cache.digest);
  expect((await sync({ verify: 'deep' })).report.totals).toMatchObject({ unchanged: 1 });
});

it('a signature of a signature was left out of an archive', { timeout: 60_000 }, async () => {
  const { set, parts, publish, save } = await place('embedded', 'embedded');
  const sbom = set.artifact(repository, 'what is in it', parts[1]);
  const signature = set.artifact(repository, 'signature of the list', sbom);
  set.tag(repository, 'cache', set.cache(repository, [set.layer('cached', 3000)], set.layer('what is cached', 10)));
  await publish();
  const archive = await save(['1', 'cache']);
  try {
    for (const { digest } of [sbom, signature]) expect((await archive.head(repository, digest))?.digest).toBe(digest);
    const layer = set.layer('cached', 3000);
    expect((await buffer(await archive.blob(repository, layer))).length).toBe(layer.size);
  } finally {
    await archive.close();
  }
});

/** Attaches three things to the image, of two of which something is lost at the source. */
async function loseAttachments({ set, index, publish, lose }: Place) {
  const good = set.artifact(repository, 'good', index);
  const empty = set.artifact(repository, 'empty', index);
  const signature = set.artifact(repository, 'signature');
  const tag = `${referrersTag(index.digest)}.sig`;
  set.tag(repository, tag, signature);
  await publish();
  await lose(JSON.parse(String(empty.bytes)).layers[0].digest);
  await lose(signature.digest);
  return { good, empty, tag, lost: [`${repository}:${tag}`, `${repository}@${empty.digest}`] };
}

it('an image was not copied for a signature that cannot be read', { timeout: 60_000 }, async () => {
  const at = await place('embedded', 'embedded');
  const ofPart = at.set.artifact(repository, 'of a part', at.parts[1]);
  const { good, empty, tag, lost } = await loseAttachments(at);
  const failed = (outcome: Awaited<ReturnType<Place['sync']>>) =>
    outcome.report.images.filter(({ state }) => state === 'failed').map(({ name }) => name);
  expect(failed(await at.sync({ check: true }))).toEqual(lost.slice(0, 1)); // A check reads no blobs.
  const first = await at.sync();
  expect(failed(first)).toEqual(lost);
  expect(first.report.images[0]).toMatchObject({ name: `${repository}:1`, state: 'copied' });
  expect(first.report.images[1]).toMatchObject({ attachedTo: `${repository}:1` });
  expect(first.report.totals).toMatchObject({ images: 1, copied: 1, failed: 2, failedAttachments: 2 });
  for (const { digest } of [good, ofPart]) expect(await at.at(digest)).toBe(digest);
  for (const reference of [empty.digest, tag]) expect(await at.at(reference)).toBeUndefined();
  expect(failed(await at.sync())).toEqual(lost); // And in each run, until it is mended or left out.
  expect(failed(await at.sync({ attachments: 'none' }))).toEqual([]);
});

it('nothing was saved for a signature that cannot be read', { timeout: 60_000 }, async () => {
  const at = await place('embedded', 'embedded');
  const { good, empty, lost } = await loseAttachments(at);
  const archive = await at.save(['1']);
  try {
    for (const { digest } of [at.index, good]) expect((await archive.head(repository, digest))?.digest).toBe(digest);
    expect(await archive.head(repository, empty.digest)).toBeUndefined();
    expect(archive.lost).toEqual(lost);
  } finally {
    await archive.close();
  }
});
