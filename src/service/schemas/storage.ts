import { z } from 'zod';
import { listPage, pageQuery, storedText, time } from './fields.js';
import { retentionRules } from './jobs.js';

const bytes = z.number().int();

const figures = {
  bytes: bytes.describe('Of the content, compressed, each once'),
  uniqueBytes: bytes.describe('Of these, bytes that nothing else of the registry has'),
  sharedBytes: bytes.describe('Of these, bytes that something else of the registry has as well'),
  tags: z.number().int(),
  images: z.number().int().describe('Manifests, those of platforms too'),
};

const repositoryStorage = z.object({
  registry: z.string(),
  repository: z.string(),
  ...figures,
});

export const storageQuery = z.strictObject({
  registry: z.string().min(1).max(63).optional(),
  prefix: storedText(255).optional().describe('Repositories below it alone: `team/`'),
  limit: z.coerce.number().int().min(1).max(500).default(50).describe('Repositories and prefixes at most: the largest'),
});

/** Storage as the index knows it: blobs that no manifest names any more are not in it. */
export const storageSchema = z
  .object({
    measuredAt: time.describe('It is measured anew after some minutes'),
    registries: z.array(
      z.object({
        registry: z.string(),
        bytes: figures.bytes,
        repositories: z.number().int(),
        tags: figures.tags,
        images: figures.images,
        untaggedBytes: bytes.describe('Bytes that only images without a tag have: gc with `deleteUntagged` frees them'),
        keptBytes: bytes.describe('Bytes of deleted images that can still be brought back'),
      }),
    ),
    prefixes: z.array(z.object({ registry: z.string(), prefix: z.string(), ...figures })).describe('The largest first'),
    repositories: z.array(repositoryStorage).describe('The largest first'),
  })
  .meta({ id: 'Storage' });

export const retentionPreviewBody = z.strictObject({
  retention: retentionRules.describe('As a job of the kind `retain` takes them'),
  repository: storedText(255).optional().describe('This one alone'),
});
export const retentionPreviewQuery = pageQuery.extend({
  limit: z.coerce.number().int().min(1).max(100).default(20).describe('Repositories of a page'),
});

const judgedTag = z.object({
  tag: z.string(),
  digest: z.string(),
  createdAt: time.nullable(),
  why: z.string(),
});

export const retentionPreview = listPage(
  z
    .object({
      repository: z.string(),
      keep: z.array(judgedTag),
      remove: z.array(judgedTag),
      skipped: z.boolean().describe('Nothing goes: no tag would be left, and `allowEmpty` is not set'),
      bytes: bytes.describe('Bytes that a collection of garbage frees then'),
    })
    .meta({ id: 'RetentionPreview' }),
);
