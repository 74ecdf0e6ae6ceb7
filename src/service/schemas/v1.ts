import { z } from 'zod';
import { storedText } from './fields.js';

/** Search as docker sends it. Other parameters are ignored, as the older servers did. */
export const v1SearchQuery = z.object({
  q: storedText(255).default('').describe('Text that a name or description holds. Default: all'),
  n: z.coerce.number().int().min(1).max(100).default(25).describe('Results of a page'),
  page: z.coerce.number().int().min(1).max(1_000_000).default(1).describe('Number of the page'),
});

export const v1SearchPage = z
  .object({
    num_pages: z.number().int(),
    num_results: z.number().int(),
    page: z.number().int(),
    page_size: z.number().int(),
    query: z.string(),
    results: z.array(
      z.object({
        description: z.string().describe('With the address, where it is at another than the one that was asked'),
        is_automated: z.boolean(),
        is_official: z.boolean(),
        name: z.string().describe('Without a host'),
        star_count: z.number().int(),
      }),
    ),
  })
  .meta({ id: 'V1SearchPage' });

/** Path behind `/v1/repositories/`: a repository, and what of it is meant. */
export const v1RepositoryPath = z.object({
  '*': z
    .string()
    .describe(
      '`team/app/tags`, `team/app/tags/1`, `team/app/images`, `team/app/properties`, `team/app/auth`, `team/app`',
    ),
});

export const v1ImagePath = z.object({ id: z.string().describe('16 or 64 hexadecimal digits') });
export const v1PartPath = v1ImagePath.extend({ part: z.string() });
export const v1UserPath = z.object({ user: z.string() });

/** Answer to a change that was made. */
export const v1Done = z.literal(true);
export const v1Ok = z.literal('OK');
export const v1RepositoryAnswer = z
  .union([
    z.record(z.string(), z.unknown()).describe('Tags with the ids of their images, or what is known of an image'),
    z.string().describe('Id of the image of a tag'),
    z.array(z.object({ id: z.string(), checksum: z.string().optional() })).describe('Images of all tags'),
  ])
  .meta({ id: 'V1RepositoryAnswer' });

export const v1Image = z
  .looseObject({ id: z.string(), parent: z.string().optional(), created: z.string() })
  .meta({ id: 'V1Image' });
export const v1Ancestry = z.array(z.string()).describe('Ids, the image itself first');
