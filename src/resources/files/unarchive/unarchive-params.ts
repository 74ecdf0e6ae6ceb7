import { z } from 'zod';
import { absolutePath, backup, forceParams, needs, pathGroup, pathOwner } from '../../path/path-params.js';

export const unarchiveParams = z
  .strictObject({
    src: z
      .string()
      .min(1)
      .refine((src) => !/^[a-z]+:\/\//.test(src), { error: '`get_url` downloads it; then remote_src: true' })
      .describe('Archive (tar, tar.gz, tar.xz, zip): a file of the controller, beside the site in files/'),
    remote_src: z.boolean().default(false).describe('The archive is on the host; `src` is its absolute path'),
    dest: absolutePath.describe('Directory to unpack to; created if missing'),
    creates: absolutePath.optional().describe('Path that shows that it was unpacked: nothing is done when it exists'),
    checksum: z
      .string()
      .regex(/^(sha256:)?[0-9a-fA-F]{64}$/, { error: 'must be sha256: and 64 digits of 0 to f' })
      .transform((text) => text.replace(/^sha256:/, '').toLowerCase())
      .optional()
      .describe('SHA-256 that the archive must have'),
    strip_components: z.int().min(0).default(0).describe('Number of leading folders to strip from the names in it'),
    exclude: z.array(z.string().min(1)).default([]).describe("Patterns of names to leave out, as for tar's --exclude"),
    owner: pathOwner.optional().describe('User who owns all of it; the user of the task unless given'),
    group: pathGroup.optional().describe('Group that owns all of it'),
    backup,
    ...forceParams,
    force: forceParams.force.describe('Replace files that have changed since, or existed before'),
    needs,
  })
  .refine(({ remote_src, src }) => !remote_src || src.startsWith('/'), {
    error: 'must be an absolute path of the host',
    path: ['src'],
  })
  .refine(({ src, strip_components }) => !isZip(src) || strip_components === 0, {
    error: 'is for tar only',
    path: ['strip_components'],
  });

export type UnarchiveParams = z.output<typeof unarchiveParams>;

/** Tells whether an archive is a zip file. */
export function isZip(src: string): boolean {
  return /\.(zip|jar|war)$/i.test(src);
}
