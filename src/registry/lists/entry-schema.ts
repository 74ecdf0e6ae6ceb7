import { z } from 'zod';
import { readAddress } from '../address.js';
import { attachmentsModes } from '../attachments-mode.js';
import { isDigest } from '../digest.js';
import { isRegistryHost, isTag } from '../names.js';
import { readReference } from '../reference.js';
import type { Pattern } from './image-list.js';
import { parsePattern } from './pattern.js';
import { platformError } from './platforms.js';
import { semverRange } from './select-tags.js';

const notTag = { error: 'must be a tag: letters, digits, "_", "." and "-", at most 128' };

/** Tag in a file, whose numbers are checked as they are written there. */
export const writtenTag = z.union([z.string(), z.number().transform(String)]).refine(isTag, notTag);

/** A value of a variable has no text any more: 13 may have been 13.0. */
export const quotedTag = z.string({ error: numberAsTag }).refine(isTag, notTag);

function numberAsTag({ input }: { readonly input?: unknown }): string | undefined {
  if (typeof input !== 'number') return undefined;
  const other = Number.isInteger(input) ? `${input}.0` : `${input}0`;
  return `must be written in quotes: to YAML ${input} and ${other} are the same number, but they are two tags`;
}

/** Text of a pattern of tags: a glob, or an anchored expression of RE2 between slashes. */
export const imagePattern = z.string({ error: numberAsTag }).transform((text, context): Pattern => {
  const parsed = parsePattern(text);
  if (!('error' in parsed)) return parsed;
  context.addIssue({ code: 'custom', message: parsed.error });
  return z.NEVER;
});

/** A registry, `host:port` or how it speaks and that, in its usual spelling; a path is none of its name. */
export const registryName = z.string().transform((text, context): string => {
  const address = readAddress(text);
  if (!('reason' in address) && address.prefix === '')
    return `${address.scheme === undefined ? '' : `${address.scheme}://`}${address.host}`;
  const message = 'must be host or host:port, with http:// before it where it speaks plain http, and without a path';
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

/** Name of an image in the registry that it goes to. */
export const nameOfLoaded = z.string().superRefine((text, context) => {
  const read = readReference(text, '');
  const reason = 'reason' in read ? read.reason : read.registry === '' ? undefined : 'it has a registry';
  if (reason !== undefined) context.addIssue({ code: 'custom', message: `must be name:tag: ${reason}` });
});

const platform = z.string().superRefine((text, context) => {
  const error = platformError(text);
  if (error !== undefined) context.addIssue({ code: 'custom', message: error });
});

const oneOrMore = <Item extends z.ZodType>(item: Item) =>
  z.union([z.array(item), item]).transform((value) => (Array.isArray(value) ? value : [value]));

export const fieldsWith = (tag: typeof writtenTag | typeof quotedTag) =>
  z.strictObject({
    name: z
      .string()
      .optional()
      .describe('Repository at the source, a registry before it where it is another: `team/web`'),
    catalog: z
      .union([
        z.literal(true),
        z.strictObject({
          include: oneOrMore(imagePattern).default([]).describe('Repositories to take: `team/*`, `/team/(web|db)/`'),
          exclude: oneOrMore(imagePattern).default([]).describe('Repositories to leave'),
        }),
      ])
      .optional()
      .describe('Instead of `name`: all repositories of the source, or those that match'),
    source: z
      .string()
      .refine(isRegistryHost, { error: 'must be host or host:port, without http:// and without a path' })
      .optional()
      .describe('Registry that the images come from; default: the one that the sync names'),
    tag: tag.optional().describe('Default: `latest`, where neither digest nor patterns are given; of a catalog all'),
    tags: z.array(tag).min(1).optional().describe('Several tags'),
    digest: z
      .string()
      .refine(isDigest, { error: 'must be a digest: sha256: and 64 hexadecimal digits' })
      .optional()
      .describe('Instead of a tag, or what the tag is to be'),
    target: z
      .string()
      .optional()
      .describe('Repository at the target; default: the same. `{repository}` stands for the name at the source'),
    target_tag: tag.optional().describe('Tag at the target, of one image; default: the same'),
    platforms: oneOrMore(platform)
      .optional()
      .describe('`os/arch` or `os/arch/variant`; default: all. The digest changes'),
    include: oneOrMore(imagePattern)
      .optional()
      .describe('Tags by pattern: a glob `1.*`, or an anchored expression of RE2 `/1\\.\\d+/`'),
    exclude: oneOrMore(imagePattern).optional().describe('Tags by pattern that are left out'),
    semver: z
      .string()
      .refine((text) => semverRange(text) !== undefined, { error: 'must be a range of versions, as ">=1.2 <2"' })
      .optional()
      .describe('Tags that are versions in a range, and match `include`: `>=1.2 <2`'),
    latest: z.int().min(1).optional().describe('Of the tags that patterns choose the newest so many'),
    newest: z
      .int()
      .min(1)
      .optional()
      .describe('The same by the date when images were made; that is read of each, with two or three requests'),
    immutable: oneOrMore(imagePattern)
      .optional()
      .describe('Tags by pattern that never move: one that the target has is not looked for at the source again'),
    attachments: z
      .enum(attachmentsModes)
      .optional()
      .describe(
        'Signatures, attestations and SBOMs: `all`, `once` (not those that come later) or `none`; default: `all`',
      ),
  });

/** An entry of a list of images as it is written: what {@link imageEntry} takes when it is no text. */
export type EntryFields = z.output<ReturnType<typeof fieldsWith>>;
