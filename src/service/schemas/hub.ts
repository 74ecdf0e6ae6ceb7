import { z } from 'zod';
import { actions, roles, visibilities } from '../access/rights/roles.js';
import { registryOfRight, rightsPath } from './access.js';
import { futureTime, listPage, pageQuery, plainText, storedText, time } from './fields.js';
import { repositoryInPath, tagName } from './images.js';
import { noticeLevels } from './notice-levels.js';

/** Text in Markdown, of so many bytes at most. */
const markdown = (most: number) =>
  storedText(most)
    .refine((text) => text.trim() !== '', { error: 'must not be empty' })
    .refine((text) => Buffer.byteLength(text) <= most, { error: `must have at most ${most} bytes` });
const html = z.string().describe('The text as HTML that a page may show as it is');

export const starred = z.object({ stars: z.number().int(), starred: z.boolean() }).meta({ id: 'Starred' });

export const commentSchema = z
  .object({
    id: z.number().int(),
    tag: z.string().nullable().describe('Null: it is about the repository'),
    author: z.string(),
    text: z.string().describe('Markdown'),
    html,
    createdAt: time,
    editedAt: time.nullable(),
    own: z.boolean().describe('The sender wrote it'),
  })
  .meta({ id: 'Comment' });
const commentText = markdown(4000);
export const newComment = z
  .strictObject({ text: commentText, tag: tagName.optional().describe('Tag that it is about') })
  .meta({ id: 'NewComment' });
export const commentChanges = z.strictObject({ text: commentText }).meta({ id: 'CommentChanges' });
export const commentsQuery = pageQuery.extend({
  tag: tagName.optional().describe('Those about a tag alone'),
  after: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0).describe('`next` of the page before'),
});
export const commentInPath = repositoryInPath.extend({
  comment: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
});

export const newDescription = z
  .strictObject({ description: plainText(500).describe('Empty: that of the newest image that has one') })
  .meta({ id: 'NewDescription' });
export const readmeSchema = z
  .object({ text: z.string().describe('Markdown'), html, writtenAt: time, writtenBy: z.string() })
  .meta({ id: 'Readme' });
export const newReadme = z.strictObject({ text: markdown(65_536).describe('Markdown') }).meta({ id: 'NewReadme' });

export const noticeSchema = z
  .object({
    id: z.string(),
    registry: z.string().describe('Empty: of all registries'),
    path: z.string(),
    level: z.enum(noticeLevels),
    text: z.string().describe('Markdown'),
    html,
    until: time.nullable().describe('Null: until it is deleted'),
    createdAt: time,
    createdBy: z.string(),
  })
  .meta({ id: 'Notice' });
export const newNotice = z
  .strictObject({
    registry: registryOfRight,
    path: rightsPath,
    level: z.enum(noticeLevels).default('info'),
    text: markdown(2000),
    until: futureTime.nullable().default(null),
  })
  .meta({ id: 'NewNotice' });
export const noticePage = listPage(noticeSchema);
export const noticesQuery = pageQuery.extend({ path: rightsPath.default(''), registry: registryOfRight });

const throughGrant = z.object({
  id: z.string().describe('Identifier of the grant'),
  subject: z.object({ kind: z.enum(['account', 'group']), name: z.string() }),
  registry: z.string(),
  path: z.string(),
  role: z.enum(roles).nullable(),
  denied: z.array(z.enum(actions)).nullable(),
  own: z.boolean().describe('It is the account’s own, on exactly this repository: it can be taken back here'),
});
export const collaboratorSchema = z
  .object({
    account: z.string(),
    kind: z.enum(['user', 'robot']),
    actions: z.array(z.enum(actions)).describe('All that it may do there, whatever lets it'),
    through: z.array(throughGrant),
  })
  .meta({ id: 'Collaborator' });
export const openness = z
  .object({
    visibility: z.enum(visibilities),
    path: z.string().describe('Path of the rule that says so; empty: none is about less'),
    anybody: z.array(z.enum(actions)).describe('What those may that have no account'),
    anyAccount: z.array(z.enum(actions)).describe('What every account may'),
  })
  .meta({ id: 'Openness' });
export const collaboratorPage = listPage(collaboratorSchema).extend({ open: openness });
export const newCollaborator = z.strictObject({ role: z.enum(roles) }).meta({ id: 'NewCollaborator' });
export const accountInPath = repositoryInPath.extend({ account: z.string().min(1).max(64) });
export const newOpenness = z
  .strictObject({ visibility: z.enum(visibilities).nullable().describe('Null: as what is above it') })
  .meta({ id: 'NewOpenness' });

export const mirrorDifference = z
  .object({
    repository: z.string(),
    tag: z.string().nullable().describe('Null: the whole repository'),
    kind: z.enum(['missing', 'other', 'extra']).describe('`other`: another digest; `extra`: upstream has none'),
    upstreamDigest: z.string().nullable(),
    digest: z.string().nullable(),
    since: time.describe('When it was found first'),
  })
  .meta({ id: 'MirrorDifference' });
export const mirrorSchema = listPage(mirrorDifference)
  .extend({
    upstream: z.string(),
    lookedAt: time.nullable(),
    succeededAt: time.nullable().describe('When a look last succeeded: the differences are as of then'),
    error: z.string().describe('Why the last look failed; empty: it did not'),
    complete: z.boolean().describe('False: the next look goes on with what the last had no requests left for'),
    requests: z.number().int(),
    behindSince: time.nullable().describe('When the oldest of what is missing or other was found; null: nothing is'),
    lag: z.number().int().nullable().describe('Seconds since then'),
    counts: z.object({ missing: z.number().int(), other: z.number().int(), extra: z.number().int() }),
    failures: z.array(z.object({ repository: z.string(), error: z.string() })),
  })
  .meta({ id: 'Mirror' });
export const mirrorQuery = pageQuery.extend({
  after: storedText(500).optional().describe('`next` of the page before'),
});
export const registryOfMirror = z.strictObject({ registry: z.string().min(1).max(63) });
