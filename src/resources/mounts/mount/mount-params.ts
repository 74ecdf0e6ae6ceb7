import { z } from 'zod';
import { absolutePath, backup, forceParams, needs } from '../../path/path-params.js';

/** Parameters of `mount`. */
export const mountParams = z
  .strictObject({
    path: absolutePath.describe('Mount point; the directory is created if missing'),
    src: z.string().min(1).optional().describe('Source: `server:/share`, `/dev/vdb1`, `UUID=…`, a directory to bind'),
    fstype: z
      .string()
      .regex(/^[\w.,-]+$/, { error: 'is not a type of a file system' })
      .optional()
      .describe('Type of the file system: nfs, xfs, none for a bind'),
    opts: z
      .string()
      .regex(/^\S+$/, { error: 'must be options separated by commas, without blanks' })
      .default('defaults')
      .describe('Options, as in fstab'),
    dump: z.int().min(0).default(0).describe('Fifth field of fstab'),
    pass: z.int().min(0).default(0).describe('Sixth field of fstab: the order of checks at boot'),
    state: z
      .enum(['mounted', 'present', 'unmounted', 'absent'])
      .default('mounted')
      .describe('`mounted`: in fstab and mounted; `present`: in fstab; `unmounted`: not mounted; `absent`: neither'),
    backup,
    ...forceParams,
    needs,
  })
  .refine(({ state, src }) => state === 'unmounted' || state === 'absent' || src !== undefined, {
    error: 'src is missing',
    path: ['src'],
  })
  .refine(({ state, fstype }) => state === 'unmounted' || state === 'absent' || fstype !== undefined, {
    error: 'fstype is missing: nfs, xfs, …',
    path: ['fstype'],
  });

export type MountParams = z.output<typeof mountParams>;
