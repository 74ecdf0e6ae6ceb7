import { z } from 'zod';
import { absolutePath, forceParams, needs } from '../../path/path-params.js';
import { unitName } from '../../services/unit-name.js';

/** Characters of a unit's name (systemd.unit(5)). */
const longestName = 255;

const noBlanks = /^[^\s\\]+$/;

/** Parameters of `mount_unit`. */
export const mountUnitParams = z
  .strictObject({
    path: absolutePath
      .refine((path) => path !== '/', { error: 'must not be /' })
      .refine((path) => unitName(path, 'mount').length <= longestName, {
        error: `is too long for systemd: the name of its unit may have ${longestName} characters. \`mount\` takes it`,
      })
      .describe('Mount point; the directory is created if missing'),
    src: z
      .string()
      .regex(/^[^\\\n\r\t]+$/, { error: 'must not hold line breaks, tabs or backslashes' })
      .regex(/^\S(.*\S)?$/, { error: 'must not begin or end with a blank: systemd cuts it off. `mount` takes it' })
      .optional()
      .describe('Source: `server:/share`, `/dev/vdb1`'),
    fstype: z
      .string()
      .regex(/^[\w.-]+$/, { error: 'is not a type of a file system' })
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
        'Close the directory below the mount (mode 0000, and immutable where possible), so that nothing is written there while nothing is mounted',
      ),
    state: z.enum(['mounted', 'absent']).default('mounted').describe('`mounted`: now and at boot; `absent`: neither'),
    ...forceParams,
    needs,
  })
  .refine(({ state, src }) => state === 'absent' || src !== undefined, {
    error: 'src is missing',
    path: ['src'],
  });

export type MountUnitParams = z.output<typeof mountUnitParams>;
