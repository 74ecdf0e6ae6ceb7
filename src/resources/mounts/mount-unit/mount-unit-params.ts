import { z } from 'zod';
import { absolutePath, forceParams, needs } from '../../path/path-params.js';

const noBlanks = /^[^\s\\]+$/;

/** Parameters of `mount_unit`. */
export const mountUnitParams = z
  .strictObject({
    path: absolutePath
      .refine((path) => path !== '/', { error: 'must not be /' })
      .describe('Where it is mounted; the directory is made where it is missing'),
    src: z
      .string()
      .regex(/^[^\\\n\r\t]+$/, { error: 'must not hold line breaks, tabs or backslashes' })
      .optional()
      .describe('What is mounted: `server:/share`, `/dev/vdb1`'),
    fstype: z
      .string()
      .regex(/^[\w.-]+$/, { error: 'is no type of a file system' })
      .default('nfs')
      .describe('Type of the file system'),
    opts: z
      .string()
      .regex(noBlanks, { error: 'must be options separated by commas, without blanks' })
      .default('defaults')
      .describe('Options of mount(8)'),
    guard: z
      .boolean()
      .default(true)
      .describe(
        'Close the directory below the mount (mode 0000, and immutable where the file system can), so that nothing is written there while nothing is mounted',
      ),
    state: z.enum(['mounted', 'absent']).default('mounted').describe('Mounted now and at boot; or neither'),
    ...forceParams,
    needs,
  })
  .refine(({ state, src }) => state === 'absent' || src !== undefined, {
    error: 'src is missing: what is mounted',
    path: ['src'],
  });

export type MountUnitParams = z.output<typeof mountUnitParams>;
