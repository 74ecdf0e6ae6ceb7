import { z } from 'zod';
import { absolutePath, needs } from '../../path/path-params.js';
import { byteSize } from '../byte-size.js';

/** Parameters of `storage_preflight`. */
export const preflightParams = z.strictObject({
  path: absolutePath.describe('The directory, which nothing has to be written to for a look'),
  user: z
    .string()
    .regex(/^[A-Za-z_][\w.-]*$/, { error: 'is no name of a user' })
    .default('root')
    .describe('Who is to use it'),
  write: z.boolean().default(true).describe('Whether it must be possible to write there'),
  mounted: z.boolean().default(true).describe('Whether something must be mounted there'),
  min_free: byteSize.prefault(0).describe('Space that must be left: `5G`, `500M`, or bytes'),
  needs,
});

export type PreflightParams = z.output<typeof preflightParams>;
