import { z } from 'zod';
import { isDigest } from '../../registry/digest.js';
import { isRepository, isTag } from '../../registry/names.js';
import { actions, visibilities } from '../access/rights/roles.js';
import { exportFormat, futureTime, listPage, pageQuery, storedText, time } from './fields.js';
import { noticeLevels } from './notice-levels.js';

const registry = z.string().min(1).max(63);
/** Place of a row in an order, with the value that it is ordered by. */
const after = storedText(600).optional().describe('`next` of the page before, of the same order');
const repository = z.string().max(255).refine(isRepository, { error: 'must be a repository: team/app' });

export const repositoryInPath = z.strictObject({ registry, repository });
export const tagName = z.string().refine(isTag, { error: 'must be a tag' });
export const tagInPath = repositoryInPath.extend({ tag: tagName });
export const digestInPath = repositoryInPath.extend({
  digest: z.string().refine(isDigest, { error: 'must be a digest: sha256:…' }),
});

export const repositoriesQuery = pageQuery.extend({
  after,
  registry: registry.optional(),
  q: storedText(255).optional().describe('Text that the name holds'),
  sort: z
    .enum(['name', '-name', 'pushed', '-pushed', 'pulled', '-pulled', 'pulls', '-pulls', 'stars'])
    .default('name')
    .describe('Order; `-` turns it round: `-pushed` is the newest first; `stars`: those with most first'),
  format: exportFormat,
});

/** Notice, as it is shown at what it is about. */
export const shownNotice = z
  .object({
    id: z.string(),
    path: z.string(),
    level: z.enum(noticeLevels),
    text: z.string().describe('Markdown'),
    html: z.string().describe('The text as HTML that a page may show as it is'),
    until: time.nullable(),
  })
  .meta({ id: 'ShownNotice' });

export const repositorySchema = z
  .object({
    registry: z.string(),
    address: z.string().describe('Address of the registry in references: `registry.example.com:5000`'),
    name: z.string(),
    description: z.string(),
    createdAt: time,
    pushedAt: time.nullable(),
    pulledAt: time.nullable(),
    pullCount: z.number().int(),
    tags: z.number().int().describe('Count of its tags'),
    visibility: z.enum(visibilities).describe('As it was decided: by the longest path about it'),
    descriptionFrom: z
      .enum(['repository', 'image'])
      .nullable()
      .describe('`image`: its newest image that has one says so; null: there is none'),
    stars: z.number().int(),
    starred: z.boolean().describe('By the sender'),
    notice: z.enum(noticeLevels).nullable().describe('Strongest level of its notices'),
  })
  .meta({ id: 'Repository' });

/** Repository with its sizes, which take a look at all of its content. */
export const sizedRepository = repositorySchema
  .extend({
    bytes: z.number().int().describe('Of its content, compressed, each once'),
    uniqueBytes: z.number().int().describe('Of these, bytes that no other repository has'),
    actions: z.array(z.enum(actions)).describe('Actions that the sender may take there'),
    notices: z.array(shownNotice).describe('Those pinned to it and to paths above, the strongest first'),
  })
  .meta({ id: 'SizedRepository' });

export const tagsQuery = pageQuery.extend({
  after,
  sort: z
    .enum(['name', '-name', 'version', '-version', 'pushed', '-pushed', 'pulled', '-pulled', 'size', '-size'])
    .default('name')
    .describe('Order; `-` turns it round: `-version` is the highest first'),
  q: storedText(128).optional().describe('Text that the name holds'),
  platform: storedText(100).optional().describe('`linux/arm64`: with its variants; `*` stands for anything'),
  pushedBefore: futureTime.optional(),
  pushedAfter: futureTime.optional(),
  attached: z
    .stringbool()
    .optional()
    .describe('False: no tags that are about other images (`sha256-….sig`); true: these alone. Default: all'),
  format: exportFormat,
});

/** Image of an index that runs on one platform, or an image by itself. */
export const platformImage = z
  .object({
    platform: z.string().describe('`linux/arm64/v8`; empty: it is not known'),
    digest: z.string(),
    bytes: z.number().int().describe('Of its content, compressed, each once'),
  })
  .meta({ id: 'PlatformImage' });

export const tagSchema = z
  .object({
    name: z.string(),
    digest: z.string().describe('Of the index, where it is one'),
    mediaType: z.string().describe('Empty: it was not read yet'),
    platform: z.string().describe('`linux/arm64/v8`; empty: an index'),
    platforms: z.array(platformImage).describe('Images of an index, without attestations; else the image itself'),
    bytes: z.number().int().describe('Of the content of all platforms, compressed, each once'),
    createdAt: time.nullable().describe('As the image says'),
    pushedAt: time,
    pushedBy: z.string(),
    pulledAt: time.nullable(),
    siblings: z.number().int().describe('Count of the other tags of the same image'),
    signed: z.boolean().describe('It has a signature. Nobody has verified that'),
    attachedTo: z.string().nullable().describe('Image that the tag is about: `sha256-….sig`'),
  })
  .meta({ id: 'Tag' });

export const tagMove = z
  .object({
    digest: z.string().nullable().describe('Null: it was deleted'),
    at: time,
    by: z.string(),
    cause: z.enum(['push', 'delete', 'reconciled', 'restored']),
  })
  .meta({ id: 'TagMove' });

export const reconciled = z
  .object({ requests: z.number().int(), repositories: z.number().int(), changes: z.number().int() })
  .meta({ id: 'Reconciled' });

export const searchQuery = pageQuery.extend({
  q: storedText(1000).describe(
    'Terms between blanks, all of which must hold: texts of the name, `tag:1.*`, `digest:sha256:…`, `label:NAME=VALUE`, `platform:linux/arm64`, `pushed:<30d`. `*` stands for anything, quotes hold blanks',
  ),
  after: storedText(600).optional().describe('`next` of the page before'),
  format: exportFormat,
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
    description: z.string().describe('Of a repository: the beginning of what is said of it'),
  })
  .meta({ id: 'SearchHit' });

export const searchPage = listPage(searchHit);
export const repositoryPage = listPage(repositorySchema);
export const tagPage = listPage(tagSchema).extend({
  count: z.number().int().describe('Tags of all pages'),
  notices: z.array(shownNotice).describe('Notices about the repository'),
});
