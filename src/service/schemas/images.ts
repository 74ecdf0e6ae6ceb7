import { z } from 'zod';
import { isDigest } from '../../registry/digest.js';
import { isRepository, isTag } from '../../registry/names.js';
import { listPage, pageQuery, storedText, time } from './fields.js';

const registry = z.string().min(1).max(63);
const repository = z.string().max(255).refine(isRepository, { error: 'must be a repository: team/app' });

export const repositoryInPath = z.strictObject({ registry, repository });
export const tagInPath = repositoryInPath.extend({ tag: z.string().refine(isTag, { error: 'must be a tag' }) });
export const digestInPath = repositoryInPath.extend({
  digest: z.string().refine(isDigest, { error: 'must be a digest: sha256:…' }),
});

export const removedTag = z
  .strictObject({
    digest: z.string().describe('Manifest that the tag led to. It stays'),
    siblings: z.array(z.string()).describe('Tags that still lead to it'),
  })
  .meta({ id: 'RemovedTag' });
export const removedImages = z
  .strictObject({ tags: z.array(z.string()), digests: z.array(z.string()) })
  .meta({ id: 'RemovedImages' });
export const removeQuery = z.strictObject({
  withTags: z.stringbool().default(false).describe('True: delete the tags that lead to it, too'),
});

export const repositoriesQuery = pageQuery.extend({
  registry: registry.optional(),
  q: storedText(255).optional().describe('Text that the name holds'),
});

export const repositorySchema = z
  .object({
    registry: z.string(),
    name: z.string(),
    description: z.string(),
    createdAt: time,
    pushedAt: time.nullable(),
    pulledAt: time.nullable(),
    pullCount: z.number().int(),
  })
  .meta({ id: 'Repository' });

/** Repository with its sizes, which take a look at all of its content. */
export const sizedRepository = repositorySchema
  .extend({
    bytes: z.number().int().describe('Of its content, compressed, each once'),
    uniqueBytes: z.number().int().describe('Of these, bytes that no other repository has'),
  })
  .meta({ id: 'SizedRepository' });

export const tagSchema = z
  .object({
    name: z.string(),
    digest: z.string(),
    mediaType: z.string().describe('Empty: it was not read yet'),
    platform: z.string().describe('`linux/arm64/v8`; empty: an index'),
    bytes: z.number().int(),
    createdAt: time.nullable().describe('As the image says'),
    pushedAt: time,
    pushedBy: z.string(),
    pulledAt: time.nullable(),
  })
  .meta({ id: 'Tag' });

export const tagMove = z
  .object({
    digest: z.string().nullable().describe('Null: it was deleted'),
    at: time,
    by: z.string(),
    cause: z.enum(['push', 'delete', 'reconciled']),
  })
  .meta({ id: 'TagMove' });

const part = z.object({
  kind: z.enum(['config', 'layer', 'manifest']),
  digest: z.string(),
  mediaType: z.string(),
  platform: z.string(),
  bytes: z.number().int(),
});

export const imageSchema = z
  .object({
    digest: z.string(),
    mediaType: z.string(),
    artifactType: z.string(),
    platform: z.string(),
    bytes: z.number().int(),
    createdAt: time.nullable(),
    labels: z.record(z.string(), z.unknown()),
    annotations: z.record(z.string(), z.unknown()),
    tags: z.array(z.string()),
    parts: z.array(part),
    referrers: z.array(z.object({ digest: z.string(), artifactType: z.string(), bytes: z.number().int() })),
  })
  .meta({ id: 'Image' });

export const reconciled = z
  .object({ requests: z.number().int(), repositories: z.number().int(), changes: z.number().int() })
  .meta({ id: 'Reconciled' });

export const searchQuery = pageQuery.extend({
  q: storedText(1000).describe(
    'Terms between blanks, all of which must hold: texts of the name, `tag:1.*`, `digest:sha256:…`, `label:NAME=VALUE`, `platform:linux/arm64`, `pushed:<30d`. `*` stands for anything, quotes hold blanks',
  ),
  after: storedText(600).optional().describe('`next` of the page before'),
});

export const searchHit = z
  .object({
    kind: z.enum(['repository', 'tag', 'image']).describe('`image`: it has no tag'),
    registry: z.string(),
    repository: z.string(),
    tag: z.string().nullable(),
    digest: z.string().nullable(),
    mediaType: z.string(),
    platform: z.string().describe('Empty: an index'),
    bytes: z.number().int(),
    pushedAt: time.nullable(),
    pushedBy: z.string(),
  })
  .meta({ id: 'SearchHit' });

export const searchPage = listPage(searchHit);
export const repositoryPage = listPage(repositorySchema);
export const tagPage = listPage(tagSchema);
