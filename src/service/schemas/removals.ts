import { z } from 'zod';
import { parsePattern } from '../../registry/lists/pattern.js';
import { futureTime, listPage, pageQuery, plainText, storedText, time } from './fields.js';

const digest = z.string();
const bytes = z.number().int();
const until = time.nullable().describe('Until when it can be brought back; null: not at all');

export const removedTag = z
  .strictObject({
    digest: digest.describe('Manifest that the tag led to. It stays'),
    siblings: z.array(z.string()).describe('Tags that still lead to it'),
    until,
  })
  .meta({ id: 'RemovedTag' });
export const removedImages = z
  .strictObject({
    tags: z.array(z.string()),
    digests: z.array(digest).describe('With their parts and what is about them, unless others need these'),
    until,
  })
  .meta({ id: 'RemovedImages' });

const forGood = z
  .stringbool()
  .default(false)
  .describe('True: it can not be brought back; the next collection of garbage frees its space');
export const removeTagQuery = z.strictObject({ forGood });
export const removeQuery = z.strictObject({
  withTags: z.stringbool().default(false).describe('True: delete the tags that lead to it, too'),
  forGood,
});

const namedManifest = z.object({
  digest,
  mediaType: z.string(),
  platform: z.string(),
  artifactType: z.string(),
  bytes,
});

/** Answer of what the deletion of an image would take along. */
export const imageRemoval = z
  .object({
    digest,
    tags: z.array(z.string()).describe('Tags that go with it: `withTags` says so'),
    parents: z.array(digest).describe('Indexes that it is part of: they prevent it'),
    children: z.array(namedManifest).describe('Its images that go with it'),
    kept: z
      .array(z.object({ digest, tags: z.array(z.string()), parents: z.array(digest) }))
      .describe('Its images that stay, with what needs them'),
    referrers: z.array(namedManifest).describe('What is about it, or them, and goes with it'),
    referrerTags: z.array(z.string()).describe('Tags of these: `sha256-….sig`'),
    bytes: bytes.describe('Bytes that a collection of garbage frees then'),
    lastOfRepository: z.boolean().describe('The repository is empty then, and vanishes from lists'),
    allowed: z.boolean().describe('Nothing prevents it, and the sender may'),
    until,
  })
  .meta({ id: 'ImageRemoval' });

const glob = plainText(300)
  .min(1)
  .refine((text) => !('error' in parsePattern(text)), { error: 'must be a pattern of tags: pr-*, /^rc-/' });

/** Filter of tags: all that is given must hold. */
export const removalFilter = z
  .strictObject({
    tags: z
      .array(glob)
      .min(1)
      .max(100)
      .optional()
      .describe('Patterns of names, one of which must hold: `pr-*`, or `/expression/`'),
    pushedBefore: futureTime.optional(),
    notPulledSince: futureTime.optional().describe('Neither pulled nor pushed since then'),
    keepNewest: z.int().min(1).max(10_000).optional().describe('Of those that match, so many stay: by their push'),
    platform: storedText(100).optional().describe('`linux/arm64`: images of it, or indexes with one'),
  })
  .refine((filter) => Object.values(filter).some((value) => value !== undefined), { error: 'must say which tags' })
  .meta({ id: 'RemovalFilter' });

export const removalsBody = z.strictObject({
  filter: removalFilter,
  dryRun: z.boolean().default(true).describe('False: delete, where `expected` is still right'),
  expected: storedText(100).optional().describe('`token` of the preview; without it nothing is deleted'),
  forGood: z.boolean().default(false).describe('True: they can not be brought back'),
  limit: z.int().min(1).max(1000).default(200).describe('Tags that one request deletes'),
});

const bulkTag = z.object({
  tag: z.string(),
  digest,
  pushedAt: time,
  pulledAt: time.nullable(),
  siblings: z.array(z.string()).describe('Tags of its image that stay; a hundred at most'),
  imageGoes: z.boolean().describe('No tag is left: its image goes as well'),
  outcome: z
    .enum(['would-go', 'deleted', 'changed', 'failed'])
    .describe('`changed`: it leads elsewhere by now, and stays'),
  problem: z.string().describe('Why it failed; empty: it did not'),
});

export const removalsAnswer = z
  .object({
    dryRun: z.boolean(),
    tags: z.array(bulkTag).describe('A thousand at most'),
    count: z.number().int().describe('Tags that match'),
    images: z.number().int().describe('Images that go with their last tags'),
    bytes: bytes.describe('Bytes that a collection of garbage frees then'),
    token: z.string().describe('`expected` of the request that deletes just these, or what is left of them'),
    left: z.number().int().describe('Tags that match and are still there'),
    until,
  })
  .meta({ id: 'Removals' });

/** Something that can be brought back. */
export const restorable = z
  .object({
    id: z.string(),
    tag: z.string().nullable().describe('Null: an image without a tag'),
    digest,
    mediaType: z.string(),
    kind: z.enum(['tag', 'image', 'repository', 'filter']).describe('What was deleted'),
    by: z.string(),
    at: time,
    until: time,
    bytes,
  })
  .meta({ id: 'Restorable' });
export const restorablePage = listPage(restorable);
export const restorablesQuery = pageQuery;

const knownDigest = z.string().regex(/^[a-z0-9]+:[a-f0-9]{32,128}$/, { error: 'must be a digest: sha256:…' });
export const restoreBody = z
  .strictObject({ digest: knownDigest.optional().describe('Default: what it led to last') })
  .nullish();
export const revertBody = z.strictObject({ digest: knownDigest.describe('One of its history') });
export const restoredTag = z
  .object({
    tag: z.string(),
    digest,
    was: digest.nullable().describe('What it led to before; null: it was not there'),
    restored: z.array(digest).describe('Manifests that were put back'),
  })
  .meta({ id: 'RestoredTag' });
export const restoredImage = z
  .object({ digest, tags: z.array(z.string()).describe('Tags that it has again'), restored: z.array(digest) })
  .meta({ id: 'RestoredImage' });
