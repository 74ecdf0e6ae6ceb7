import { z } from 'zod';
import { Diagnostics } from '../../diagnostics/diagnostic.js';
import { secret } from '../../model/marks/secret.js';
import { attachmentsModes } from '../../registry/attachments-mode.js';
import { entryAt } from '../../registry/lists/entry-fields.js';
import { imagePattern, nameOfLoaded, registryName } from '../../registry/lists/entry-schema.js';
import { imageEntry } from '../../registry/lists/image-entry.js';
import type { WantedImages } from '../../registry/lists/image-list.js';
import { sendToTargets } from '../../registry/lists/target-registries.js';
import { repositoryAt } from '../../registry/reference.js';
import { registryLimits } from '../../registry/registry-limits.js';

/** Parameters of `images`. */
export const imagesParams = z
  .strictObject({
    from: z
      .union([
        registryName,
        z.string().regex(/^\//, { error: 'must be a registry, or the absolute path of an archive' }),
      ])
      .describe(
        'Registry to copy from, by the address that the host (with `via: direct` the controller) reaches it at; or the path of an archive or a folder of images on the controller',
      ),
    to: registryName.describe('Registry to copy to, by the address that the host reaches it at'),
    list: z
      .array(z.union([z.custom<WantedImages>(isWanted), imageEntry]))
      .default([])
      .describe('Images: `name:tag`, or maps; of an archive all unless given'),
    as: nameOfLoaded
      .optional()
      .describe('Name of the only image of an archive, or of the one that has none: `team/web:1.0`'),
    namespace: z.string().default('').describe('Of an archive whose images are all copied: put before every name'),
    prefix: z.string().default('').describe('The same, before the last part of every name'),
    via: z
      .enum(['auto', 'direct', 'target'])
      .default('auto')
      .describe('Who moves the bytes: the controller (direct), the host with curl (target), or the better of the two'),
    attachments: z
      .enum(attachmentsModes)
      .default('all')
      .describe(
        'Signatures, attestations and SBOMs of the images: copied, also those that come later (`all`); copied with the image and looked for no more (`once`); left (`none`)',
      ),
    verify: z
      .enum(['none', 'copied', 'present', 'deep'])
      .default('copied')
      .describe('Check after a copy: that copied images are there, that the whole list is, or the bytes of all'),
    repair: z
      .boolean()
      .default(false)
      .describe('Write all of the list again, and what the target does not serve, whatever it says it has'),
    credentials: z
      .record(
        z.string(),
        z.union([
          z.strictObject({ username: z.string(), password: secret(z.string()) }),
          z.strictObject({ identityToken: secret(z.string()) }),
        ]),
      )
      .default({})
      .describe('Accounts, by `host:port` or `host:port/namespace`; else those of docker and podman on the controller'),
    trust: z
      .record(
        z.string(),
        z.strictObject({
          scheme: z.enum(['http', 'https']).optional(),
          verify: z.boolean().optional(),
          ca: z.string().optional(),
          cert: z.string().optional(),
          key: secret(z.string()).optional(),
        }),
      )
      .default({})
      .describe('How registries are reached, by `host:port`, as a list says: `verify: false`, certificates as PEM'),
    notices: z.array(z.string()).default([]).describe('Lines about the list, for whoever reads the result'),
    chunk_size: z.int().min(1).optional().describe('MiB that an upload sends in one request at most'),
    limits: z
      .record(z.string(), registryLimits)
      .default({})
      .describe('Limits of what is asked of registries, by `host:port`; `*` for both'),
    prune: z
      .strictObject({
        protect: z
          .array(imagePattern)
          .default([])
          .describe('Tags that stay: globs, or anchored RE2 expressions between slashes'),
        share: z
          .number()
          .min(0)
          .max(100)
          .default(50)
          .describe("Percent of a repository's tags that may be deleted at most"),
      })
      .optional()
      .describe('Delete tags of the listed repositories that are not in the list'),
    journal: z.string().optional().describe('File of the controller that records the progress of an unfinished run'),
  })
  .superRefine(({ to, list, as }, context) => {
    if (as !== undefined && list.length > 0)
      context.addIssue({ code: 'custom', path: ['as'], message: 'the list has names already: leave out one of them' });
    const diagnostics = new Diagnostics();
    const hint = (registry: string) => `take ${registry}/ out of it, or give \`to\` that name`;
    sendToTargets(list, [bareRegistry(to)], { option: 'to', hint }, diagnostics);
    for (const each of diagnostics.all)
      context.addIssue({ code: 'custom', path: ['list'], message: `${each.message}: ${each.hint}` });
  });

export type ImagesParams = z.output<typeof imagesParams>;

function isWanted(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'tags' in value && 'targetRegistry' in value;
}

/** Tells whether images come from a file or folder of the controller. */
export function isArchive(from: string): boolean {
  return from.startsWith('/');
}

/** Returns parameters whose entries name repositories as both registries have them, and no source that is the sync's own. */
export function atRegistries(params: ImagesParams): ImagesParams {
  if (isArchive(params.from)) return params;
  const from = bareRegistry(params.from);
  const list = params.list.map((entry) => {
    const named = entryAt(entry, entry.source ?? from);
    const source = entry.source === from ? undefined : entry.source;
    return { ...named, source, target: repositoryAt(bareRegistry(params.to), named.target) };
  });
  return { ...params, list };
}

/** Returns the name of a registry without its scheme. */
export function bareRegistry(registry: string): string {
  return registry.replace(/^https?:\/\//, '');
}
